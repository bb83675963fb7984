import type { ReactElement } from 'react';
import type { NodeId } from '../../../core/flow/model/flow';
import { canTurnOn, isTurnedOn } from '../../../core/flow/triggers/triggerView';
import { Button } from '../../shared/components/toolkit';
import { Codicon } from '../../shared/components/Codicon';
import { useEditor } from '../context';
import { triggerLooks, triggerWords } from '../canvas/marks';
import { useStored } from '../state/store';

/** Whether a trigger is on in this workspace, on this machine, and what can be done about it. */
export function TriggerFields({ id }: { readonly id: NodeId }): ReactElement | null {
	const editor = useEditor();
	const trigger = useStored(editor.doc, doc => doc.triggers.get(id));
	const isTrusted = useStored(editor.doc, doc => doc.isTrusted);
	if (!trigger || !editor.has('triggers')) return null;
	const { kind, state, text, about, maxPerHour } = trigger;
	const act = (action: 'turnOn' | 'turnOff' | 'run' | 'copyCurl') => () => {
		void editor.attempt('trigger', { node: id, action });
	};
	return (
		<section className="trigger" aria-label="Trigger">
			{kind !== 'manual' && (
				<p className={`trigger-state trigger-${state}`} aria-live="polite">
					<Codicon name={triggerLooks[state]} />
					<span>{triggerWords(trigger)}</span>
				</p>
			)}
			{text !== '' && <p className="form-problem">{text}</p>}
			{kind === 'webhook' && isTurnedOn(trigger) && <code className="trigger-about">{about}</code>}
			<div className="trigger-actions">
				{canTurnOn(trigger) && (
					<Button appearance="primary" isDisabled={!isTrusted} onClick={act('turnOn')}>
						Turn on
					</Button>
				)}
				{isTurnedOn(trigger) && (
					<Button appearance="secondary" onClick={act('turnOff')}>
						Turn off
					</Button>
				)}
				<Button appearance="secondary" isDisabled={!isTrusted || state === 'wrong'} onClick={act('run')}>
					Run now
				</Button>
				{kind === 'webhook' && isTurnedOn(trigger) && (
					<Button appearance="secondary" onClick={act('copyCurl')}>
						Copy as curl
					</Button>
				)}
			</div>
			{maxPerHour > 0 && kind !== 'manual' && (
				<p className="muted">
					It fires on this machine while VS Code has the workspace open, at most {maxPerHour}{' '}
					{maxPerHour === 1 ? 'time' : 'times'} an hour. Nobody else who has the file is affected.
				</p>
			)}
		</section>
	);
}
