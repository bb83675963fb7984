import type { Dispatch, ReactElement } from 'react';
import type { ToolGroup, ToolRow } from '../../core/safety/policyProtocol';
import { TextField } from '../shared/components/toolkit';
import type { Attempt } from './attempt';
import { shownGroups, type PageAction, type PageState } from './state';
import { TierMark } from './TierMark';

/** Every tool with its tier, by where it comes from. */
export function Tools({
	state,
	dispatch,
	attempt,
}: {
	readonly state: PageState;
	readonly dispatch: Dispatch<PageAction>;
	readonly attempt: Attempt;
}): ReactElement {
	const groups = shownGroups(state);
	return (
		<section aria-labelledby="tools-title">
			<h2 id="tools-title">Tools</h2>
			<p className="muted">
				A tool’s arguments may take a call further than its tier, and never less far.{' '}
				<button
					type="button"
					className="text-button"
					onClick={() => void attempt('openSetting', { key: 'safety.raiseTiers' })}
				>
					Raise a tool in Settings
				</button>
			</p>
			<div className="policy-filter">
				<TextField
					label="Filter tools"
					placeholder="Filter by name or tier"
					value={state.filter}
					onInput={filter => dispatch({ type: 'filter', filter })}
				/>
				<label>
					<input
						type="checkbox"
						checked={state.isRaisedOnly}
						onChange={event => dispatch({ type: 'raisedOnly', isRaisedOnly: event.currentTarget.checked })}
					/>
					Raised only
				</label>
			</div>
			{groups.length === 0 && <p className="muted">No tool is called like that.</p>}
			{groups.map(group => (
				<Group key={group.title} group={group} />
			))}
		</section>
	);
}

function Group({ group }: { readonly group: ToolGroup }): ReactElement {
	return (
		<details className="policy-group" open>
			<summary>
				{group.title} <span className="muted">{group.tools.length}</span>
			</summary>
			<ul>
				{group.tools.map(tool => (
					<Row key={tool.name} tool={tool} />
				))}
			</ul>
		</details>
	);
}

function Row({ tool }: { readonly tool: ToolRow }): ReactElement {
	const marks = [
		...(tool.looksAtArguments ? ['arguments count'] : []),
		...(tool.isAlwaysAsked ? ['asks in every mode'] : []),
	];
	return (
		<li>
			<TierMark tier={tool.tier} />
			<span className="policy-name" title={tool.name}>
				{tool.title}
			</span>
			<span className="policy-does muted">{[tool.does, ...marks].join(' · ')}</span>
			{tool.raised.map(reason => (
				<span key={reason} className="policy-raised">
					{tool.ownTier === tool.tier ? '' : `from ${tool.ownTier}: `}
					{reason}
				</span>
			))}
		</li>
	);
}
