import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import type { ApprovalId } from '../../../core/base/ids';
import type { ApprovalView, GrantScope } from '../../../core/safety/approval';
import { Button, TextField } from '../../shared/components/toolkit';
import { useHost } from '../host';
import { relativePath } from '../tools/describe';
import { useDecide } from '../useDecide';
import { InlineError } from './InlineError';
import { PlanCard } from './PlanCard';
import { QuestionCard } from './QuestionCard';
import { RefuseForm } from './RefuseForm';
import { meaningOf, TierBadge } from './TierBadge';

/** A pending question of the gate or of Claude itself, answered where it was asked. */
export function ApprovalCard({ approval }: { readonly approval: ApprovalView }): ReactElement {
	const card = useVisibleApproval(approval.id);
	return (
		<div ref={card} data-approval={approval.id}>
			{approval.kind === 'question' && <QuestionCard approval={approval} />}
			{approval.kind === 'plan' && <PlanCard approval={approval} />}
			{(approval.kind === 'tool' || approval.kind === 'edit') && <ToolApproval approval={approval} />}
		</div>
	);
}

/** Tells the page whether the card is in view. */
function useVisibleApproval(approval: ApprovalId): RefObject<HTMLDivElement | null> {
	const { dispatch } = useHost();
	const card = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!card.current) return undefined;
		const observer = new IntersectionObserver(entries =>
			dispatch({ type: 'approvalVisible', approval, isVisible: entries.at(-1)?.isIntersecting ?? false }),
		);
		observer.observe(card.current);
		return () => {
			observer.disconnect();
			dispatch({ type: 'approvalVisible', approval, isVisible: false });
		};
	}, [approval, dispatch]);
	return card;
}

const grantWords: Readonly<Record<GrantScope, string>> = {
	once: 'Allow once',
	session: 'Allow for this session',
	workspace: 'Allow in this workspace',
};

function ToolApproval({ approval }: { readonly approval: ApprovalView }): ReactElement {
	const decision = useDecide(approval);
	const [isRefusing, setIsRefusing] = useState(false);
	const { root } = useHost();
	// The row above names the file; only a place outside of the workspace is to be read in full.
	const isPlain = approval.kind === 'edit' && relativePath(approval.effect, root) !== approval.effect;
	const reasons = isPlain ? approval.reasons.filter(reason => !reason.startsWith('writes ')) : approval.reasons;
	return (
		<section
			className={`approval ${approval.tier.toLowerCase()}`}
			aria-label={`${approval.tool} waits for your decision`}
		>
			<div className="approval-head">
				<TierBadge tier={approval.tier} />
				<span>{meaningOf(approval)}</span>
			</div>
			{!isPlain && (
				<pre className="approval-effect" dir="ltr" tabIndex={0} aria-label="What will happen">
					{approval.effect}
				</pre>
			)}
			{reasons.length > 0 && (
				<ul className="approval-reasons">
					{reasons.map(reason => (
						<li key={reason}>{reason}</li>
					))}
				</ul>
			)}
			{isRefusing ? (
				<RefuseForm isBusy={decision.isRunning} onRefuse={decision.decide} onCancel={() => setIsRefusing(false)} />
			) : (
				<AllowButtons approval={approval} decision={decision} onRefuse={() => setIsRefusing(true)} />
			)}
			<InlineError error={decision.error} />
		</section>
	);
}

interface AllowButtonsProps {
	readonly approval: ApprovalView;
	readonly decision: ReturnType<typeof useDecide>;
	readonly onRefuse: () => void;
}

function AllowButtons({ approval, decision, onRefuse }: AllowButtonsProps): ReactElement {
	const { attempt } = useHost();
	const [typed, setTyped] = useState('');
	const { word, grants, grantLabel } = approval;
	const isReady = !decision.isRunning && (word === null || typed.trim() === word);
	const allow = (scope: GrantScope): void => {
		if (isReady) decision.decide({ outcome: 'allow', scope, ...(word === null ? {} : { word: typed.trim() }) });
	};
	return (
		<>
			{word !== null && (
				<div className="approval-word">
					<span>
						Type <kbd>{word}</kbd> to allow:
					</span>
					<TextField
						label={`Type ${word} to allow`}
						value={typed}
						onInput={setTyped}
						onKeyDown={event => {
							if (event.key === 'Enter') allow(grants[0] ?? 'once');
						}}
					/>
				</div>
			)}
			{grantLabel !== null && grants.length > 1 && (
				<p className="tool-note">
					For this session{grants.includes('workspace') ? ' or in this workspace' : ''} covers: {grantLabel}
				</p>
			)}
			<div className="button-row">
				{approval.kind === 'edit' && (
					<Button appearance="primary" onClick={() => void attempt('reviewEdit', { approval: approval.id })}>
						Review
					</Button>
				)}
				{grants.map((scope, index) => (
					<Button
						key={scope}
						appearance={index === 0 && approval.kind !== 'edit' ? 'primary' : 'secondary'}
						isDisabled={!isReady}
						onClick={() => allow(scope)}
					>
						{approval.needsModal ? 'Allow…' : grantWords[scope]}
					</Button>
				))}
				<Button isDisabled={decision.isRunning} onClick={onRefuse}>
					Refuse…
				</Button>
			</div>
			{approval.needsModal && <p className="tool-note">Allow asks once more, in a window of VS Code.</p>}
		</>
	);
}
