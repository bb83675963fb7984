import type { ReactElement } from 'react';
import { Codicon } from '../../shared/components/Codicon';

const starters = [
	{
		icon: 'map',
		title: 'Find my way',
		text: 'Explain how this project is built: the main parts, how they talk to each other, and which files to read first.',
	},
	{
		icon: 'bug',
		title: 'Fix what fails',
		text: 'Run the tests. For the first failure, find the cause, explain it in two sentences and propose the smallest fix.',
	},
	{
		icon: 'git-pull-request',
		title: 'Review my changes',
		text: 'Review my uncommitted changes: bugs first, then missing tests, then names and style. Quote file and line.',
	},
] as const;

export interface EmptyStateProps {
	/** Who answers: `Claude`, or the model. */
	readonly name: string;
	readonly onPick: (text: string) => void;
}

/** What a new conversation shows: what this is, and three prompts to begin with. */
export function EmptyState({ name, onPick }: EmptyStateProps): ReactElement {
	return (
		<>
			<h2>What shall {name} do?</h2>
			<p className="muted">
				It reads this workspace by itself, and asks here before it changes anything. <kbd>@</kbd> adds a file,{' '}
				<kbd>/</kbd> runs a command.
			</p>
			<ul className="starters">
				{starters.map(starter => (
					<li key={starter.title}>
						<button type="button" className="starter" onClick={() => onPick(starter.text)}>
							<Codicon name={starter.icon} />
							<span>
								<strong>{starter.title}</strong>
								<span className="muted">{starter.text}</span>
							</span>
						</button>
					</li>
				))}
			</ul>
		</>
	);
}
