import type { ReactElement, ReactNode, Ref } from 'react';
import type { FlowEffect } from '../../core/flow/templates/facts';
import type { TemplateInputView, TemplateView } from '../../core/flow/templates/galleryProtocol';
import type { Tier } from '../../core/ledger/events';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { Words } from '../shared/components/Words';
import { Picture } from './Picture';

export interface DetailProps {
	readonly template: TemplateView;
	readonly failure: string | null;
	readonly useButton: Ref<HTMLButtonElement>;
	readonly onUse: () => void;
	readonly onBack: () => void;
}

/** What a template is, what it needs, and what its runs may do and cost. */
export function Detail({ template, failure, useButton, onUse, onBack }: DetailProps): ReactElement {
	const { name, description, category, picture, needs, effects, inputs, outputs } = template;
	return (
		<section className="detail" aria-labelledby="detail-name">
			<header>
				<IconButton className="detail-back" icon="arrow-left" label="Back to the list" onClick={onBack} />
				<div className="detail-title">
					<h2 id="detail-name">{name}</h2>
					<p className="muted">{category}</p>
				</div>
				<button ref={useButton} type="button" className="use-button" onClick={onUse}>
					Use Template
				</button>
			</header>
			{failure !== null && (
				<p className="gallery-failure" role="alert">
					<Codicon name="error" /> {failure}
				</p>
			)}
			<p>
				<Words text={description} />
			</p>
			<Picture key={template.id} picture={picture} name={name} />
			<dl>
				<Fact title="Needs">
					{needs.length === 0 ? 'Nothing but the files.' : <Lines lines={needs.map(need => ({ text: need }))} />}
				</Fact>
				<Fact title="May do">
					{effects.length === 0 ? 'Nothing outside of its run.' : <Lines lines={effects.map(effectLine)} />}
				</Fact>
				<Fact title="May cost">{costText(template)}</Fact>
				<Fact title="Is given">{inputs.length === 0 ? 'Nothing.' : <Lines lines={inputs.map(inputLine)} />}</Fact>
				<Fact title="Gives">{outputs.join(', ')}</Fact>
			</dl>
		</section>
	);
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
	return (
		<div className="fact">
			<dt>{title}</dt>
			<dd>{children}</dd>
		</div>
	);
}

interface Line {
	/** A name of something. */
	readonly name?: string;
	readonly text: string;
	readonly detail?: string;
	readonly tier?: Tier;
}

function Lines({ lines }: { readonly lines: readonly Line[] }): ReactElement {
	return (
		<ul>
			{lines.map(({ name, text, detail, tier }) => (
				<li key={`${name ?? ''}${text}`}>
					{name !== undefined && <code>{name}</code>} <Words text={text} />{' '}
					{tier !== undefined && <span className={`tier tier-${tier.toLowerCase()}`}>{tier}</span>}{' '}
					{detail !== undefined && <span className="muted">{detail}</span>}
				</li>
			))}
		</ul>
	);
}

const asked: Readonly<Record<Tier, string>> = {
	GREEN: 'by itself',
	YELLOW: 'asks you, unless you allowed it',
	ORANGE: 'asks you for a word each time',
	RED: 'asks you each time',
	BLACK: 'is refused',
};

function effectLine({ does, tier, nodes, isAgreed }: FlowEffect): Line {
	const how = tier === null ? 'asks you, as far as each call reaches' : asked[tier];
	return {
		text: `${does.slice(0, 1).toUpperCase()}${does.slice(1)} (${nodes.join(', ')})`,
		detail: isAgreed ? `${how}, after your yes in the flow` : how,
		...(tier === null ? {} : { tier }),
	};
}

function inputLine({ name, description, default: value }: TemplateInputView): Line {
	const detail = value === null ? 'Asked for.' : value === '' ? 'May be empty.' : `Else: ${value}`;
	return { name, text: description, detail };
}

/** Caps are what is certain; what a run really costs depends on the model and on what it is given. */
function costText({ modelNodes, maxCostUsd, maxMinutes, questions }: TemplateView): string {
	const calls =
		modelNodes === 0
			? 'Nothing: it calls no model.'
			: `${modelNodes} ${modelNodes === 1 ? 'step calls' : 'steps call'} a model. A run stops at $${maxCostUsd?.toFixed(2) ?? '10.00'}.`;
	const time = maxMinutes === null ? '' : ` It works ${maxMinutes} minutes at the longest.`;
	const waits =
		questions === 0 ? '' : ` It waits for your answer at ${questions} ${questions === 1 ? 'step' : 'steps'}.`;
	return calls + time + waits;
}
