import type { ReactElement } from 'react';
import { formatEnergy } from '../../../core/base/energy';
import { formatCost } from '../../../core/base/money';
import type { TurnItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { formatCount, formatDuration, plural } from '../../shared/format';
import { useHost } from '../host';
import { relativePath, shortPath } from '../tools/describe';

const statuses = {
	succeeded: { icon: 'check', label: 'Done' },
	failed: { icon: 'error', label: 'Failed' },
	stopped: { icon: 'debug-stop', label: 'Stopped' },
} as const;

const energyTitle =
	'Energy that the GPUs of this machine drew while the model answered, with their idle draw and what else used them';

/** What a turn's cost is known to be, in words that never show an unknown cost as zero. */
export function costText(cost: number | null, basis: TurnItem['basis']): string {
	if (cost === null || basis === 'unpriced') return 'cost unknown';
	return basis === 'priced' ? `≈ ${formatCost(cost)}` : formatCost(cost);
}

/** Closes a turn: what it took, what it changed. */
export function TurnRow({ item }: { readonly item: TurnItem }): ReactElement {
	const { attempt } = useHost();
	const { usage } = item;
	const cached = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
	const status = statuses[item.status];
	// A turn that ended before the model was asked has nothing to count: neither 0 nor unknown would be true.
	const isMeasured = item.basis !== null || usage.input + cached + usage.output > 0;
	const tokens = `${usage.input} input, ${usage.output} output, ${usage.cacheRead} read from cache, ${usage.cacheWrite5m + usage.cacheWrite1h} written to cache`;
	return (
		<div className={`turn ${item.status}`}>
			<span className="turn-facts">
				<Codicon name={status.icon} label={status.label} />
				{item.status !== 'succeeded' && <span>{status.label}</span>}
				<span>{formatDuration(item.duration)}</span>
				{isMeasured && (
					<>
						<span title={tokens}>
							{formatCount(usage.input + cached)} in, {formatCount(usage.output)} out
						</span>
						<span>{costText(item.cost, item.basis)}</span>
						{usage.gpuJoules !== undefined && <span title={energyTitle}>{formatEnergy(usage.gpuJoules)}</span>}
						{item.model !== undefined && (
							<span className="turn-model" title={item.why === undefined ? item.model : `${item.model}. ${item.why}`}>
								{item.model}
							</span>
						)}
					</>
				)}
				<button
					type="button"
					className="text-button"
					title="Show the steps of this turn, with tokens and cost"
					onClick={() => void attempt('openExecution', { execution: item.execution })}
				>
					Details
				</button>
			</span>
			{item.why !== undefined && (
				<span className="turn-why muted">
					Auto chose {item.model ?? 'this model'}: {item.why}{' '}
					<button
						type="button"
						className="text-button"
						onClick={() =>
							void attempt('runAction', {
								action: { title: 'Why?', command: 'quarterdeck.routing.explain', args: [item.execution] },
							})
						}
					>
						Why this one?
					</button>
				</span>
			)}
			{item.changedFiles.length > 0 && <TurnFiles item={item} />}
		</div>
	);
}

function TurnFiles({ item }: { readonly item: TurnItem }): ReactElement {
	const { attempt, conversation, root } = useHost();
	const { changedFiles } = item;
	return (
		<span className="turn-files">
			<Codicon name="diff-multiple" />
			<span title={changedFiles.map(file => relativePath(file, root)).join('\n')}>
				{changedFiles.length === 1 ? shortPath(changedFiles[0] ?? '', root, 1) : plural(changedFiles.length, 'file')}{' '}
				changed
			</span>
			<button
				type="button"
				className="text-button"
				onClick={() => void attempt('openTurnDiff', { conversation, execution: item.execution })}
			>
				Show changes
			</button>
		</span>
	);
}
