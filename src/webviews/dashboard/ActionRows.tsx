import type { ReactElement } from 'react';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import './widgets.css';

/** How a row stands: its icon has this colour. */
export type Tone = 'good' | 'active' | 'warning' | 'bad' | 'off';

export interface RowAction {
	readonly icon: string;
	/** Says to what it is done: `Stop github`. */
	readonly label: string;
	readonly run: () => void;
}

export interface ActionRow {
	readonly id: string;
	readonly icon: string;
	/** The state in a word, for those who do not see the icon. */
	readonly state: string;
	readonly tone: Tone;
	readonly title: string;
	readonly about: string;
	/** The whole of what `about` has no room for. */
	readonly tooltip?: string;
	readonly isSpinning?: boolean;
	/** What a press on the row does. */
	readonly open: () => void;
	readonly actions?: readonly RowAction[];
}

/** Things with their states, one a row: a press opens one, buttons do what can be done about it. */
export function ActionRows({ rows }: { readonly rows: readonly ActionRow[] }): ReactElement {
	return (
		<ul className="rows">
			{rows.map(row => (
				<li key={row.id} className="execution">
					<button
						type="button"
						className={`execution-open tone-${row.tone}`}
						title={row.tooltip ?? row.about}
						onClick={row.open}
					>
						<Codicon name={row.icon} label={row.state} isSpinning={row.isSpinning ?? false} />
						<span className="execution-text">
							<span className="execution-title">{row.title}</span>
							{row.about !== '' && (
								<>
									<span className="visually-hidden">, </span>
									<span className="execution-about">{row.about}</span>
								</>
							)}
						</span>
					</button>
					{row.actions?.map(({ icon, label, run }) => (
						<IconButton key={label} icon={icon} label={label} onClick={run} />
					))}
				</li>
			))}
		</ul>
	);
}

/** The parts that there are, with dots between them. */
export function joined(...parts: readonly (string | null | undefined | false)[]): string {
	return parts.filter(part => typeof part === 'string' && part !== '').join(' · ');
}
