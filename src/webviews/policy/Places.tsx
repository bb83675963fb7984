import type { ReactElement } from 'react';
import type { Tier } from '../../core/ledger/events';
import type { PolicyView, ProtectedPlace } from '../../core/safety/policyProtocol';
import { Codicon } from '../shared/components/Codicon';
import { Button } from '../shared/components/toolkit';
import type { Attempt } from './attempt';
import { TierMark } from './TierMark';

interface Props {
	readonly view: PolicyView;
	readonly attempt: Attempt;
}

/** What the repositories of this window ask for. */
export function Repositories({ view, attempt }: Props): ReactElement {
	return (
		<section aria-labelledby="repositories-title">
			<h2 id="repositories-title">Policies of repositories</h2>
			<p className="muted">
				A repository may carry <code>.quarterdeck/policy.json</code>. It can only make calls take more, and no agent
				changes it without your confirmation.
			</p>
			{view.files.length === 0 && <p className="muted">No folder is open.</p>}
			{view.files.map(file => (
				<div key={file.folder} className="policy-file">
					<div className="policy-file-head">
						<strong>{file.name}</strong>
						<span className="muted">{file.exists ? count(file.rules.length, 'rule') : 'carries no policy'}</span>
						<Button onClick={() => void attempt('openFile', { folder: file.folder })}>
							{file.exists ? 'Open' : 'Begin One'}
						</Button>
					</div>
					{file.problems.map(({ line, message }) => (
						<p key={`${line} ${message}`} className="policy-problem">
							<Codicon name="warning" /> Line {line}: {message}
						</p>
					))}
					{file.rules.length > 0 && (
						<ul className="policy-rules">
							{file.rules.map(rule => (
								<li key={rule}>{rule}</li>
							))}
						</ul>
					)}
				</div>
			))}
		</section>
	);
}

/** Places that agents do not read or change, or not without more. */
export function Places({ view, attempt }: Props): ReactElement {
	const own = view.places.filter(place => place.by !== 'builtIn');
	const builtIn = view.places.filter(place => place.by === 'builtIn');
	return (
		<section aria-labelledby="places-title">
			<h2 id="places-title">Protected places</h2>
			<p className="muted">
				Secrets that are found in what a tool brings are replaced by a mark before a model sees them.{' '}
				<button
					type="button"
					className="text-button"
					onClick={() => void attempt('openSetting', { key: 'safety.protectedPaths' })}
				>
					Protect more in Settings
				</button>
			</p>
			{own.map(place => (
				<Place key={place.globs.join()} place={place} />
			))}
			<details className="policy-group">
				<summary>
					Always protected <span className="muted">{builtIn.length}</span>
				</summary>
				{builtIn.map(place => (
					<Place key={place.globs.join()} place={place} />
				))}
			</details>
		</section>
	);
}

function Place({ place: { globs, read, write, why } }: { readonly place: ProtectedPlace }): ReactElement {
	return (
		<div className="policy-place">
			<Access name="read" tier={read} />
			<Access name="change" tier={write} />
			<span className="policy-globs">{globs.join('  ')}</span>
			<span className="muted">{why}</span>
		</div>
	);
}

function Access({ name, tier }: { readonly name: string; readonly tier: Tier | null }): ReactElement {
	return (
		<span className="policy-access">
			{name} {tier === null ? <span className="muted">as elsewhere</span> : <TierMark tier={tier} />}
		</span>
	);
}

/** What the user has allowed for longer than once. */
export function Permissions({ view, attempt }: Props): ReactElement {
	return (
		<section aria-labelledby="permissions-title">
			<h2 id="permissions-title">Standing permissions</h2>
			{view.grants.length === 0 && (
				<p className="muted">None. An approval that is allowed for a session or this workspace appears here.</p>
			)}
			<ul className="policy-grants">
				{view.grants.map(({ id, label, where, tier }) => (
					<li key={id}>
						<span className="policy-grant">
							<code>{label}</code> <span className="muted">{[tier, where].join(' · ')}</span>
						</span>
						<Button title={`Take back: ${label}`} onClick={() => void attempt('revoke', { id })}>
							Take Back
						</Button>
					</li>
				))}
			</ul>
		</section>
	);
}

function count(number: number, word: string): string {
	return `${number} ${word}${number === 1 ? '' : 's'}`;
}
