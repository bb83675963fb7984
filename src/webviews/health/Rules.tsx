import { useState, type ReactElement } from 'react';
import type { RuleView } from '../../core/health/healthPage';
import { severityWords } from '../../core/health/views/alertsTree';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { Button } from '../shared/components/toolkit';
import type { Attempt } from './state';

/** The rules that alerts come from; folded until somebody wants them. */
export function Rules({
	rules,
	attempt,
}: {
	readonly rules: readonly RuleView[];
	readonly attempt: Attempt;
}): ReactElement {
	const [isOpen, setIsOpen] = useState(false);
	return (
		<section aria-label="Rules" className="health-rules">
			<button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
				<Codicon name={isOpen ? 'chevron-down' : 'chevron-right'} /> Rules of alerts ({rules.length})
			</button>
			{isOpen && (
				<>
					<ul>
						{rules.map(({ id, title, text, severity, isMuted, problem }) => (
							<li key={id} className={isMuted ? 'is-muted' : ''}>
								<span className="health-rule">
									<b>{title}</b> <span className="muted">{severityWords[severity]}</span>
									<br />
									{text}
									{problem !== null && (
										<span className="health-note">
											<Codicon name="warning" /> {problem}
										</span>
									)}
								</span>
								<IconButton
									icon={isMuted ? 'bell-slash' : 'bell'}
									label={isMuted ? `Unmute: ${title}` : `Mute: ${title}`}
									onClick={() => void attempt('mute', { rule: id, isMuted: !isMuted })}
								/>
							</li>
						))}
					</ul>
					<Button onClick={() => void attempt('openSettings', { setting: 'alerts.rules' })}>Change in Settings</Button>
				</>
			)}
		</section>
	);
}
