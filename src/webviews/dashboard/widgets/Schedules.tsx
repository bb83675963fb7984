import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import {
	actOnTrigger,
	schedulesTopic,
	type ScheduleLine,
	type TriggerVerb,
} from '../../../core/dashboard/topics/flows';
import type { schedulesWidget } from '../../../core/dashboard/widgets/schedules';
import { canTurnOn, isTurnedOn, triggerFacts, type TriggerState } from '../../../core/flow/triggers/triggerView';
import { Button } from '../../shared/components/toolkit';
import { ActionRows, joined, type ActionRow, type RowAction, type Tone } from '../ActionRows';
import { useAct, useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useCommand } from '../useCommand';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof schedulesWidget.settings>;

const icons: Readonly<Record<ScheduleLine['kind'], string>> = {
	manual: 'play',
	schedule: 'clock',
	webhook: 'radio-tower',
	fileChange: 'file-symlink-file',
	git: 'git-commit',
};
const tones: Readonly<Record<TriggerState, Tone>> = {
	on: 'good',
	elsewhere: 'active',
	changed: 'warning',
	wrong: 'bad',
	paused: 'warning',
	off: 'off',
};

export function Schedules({ settings }: WidgetProps<Settings>): ReactElement {
	const act = useAct();
	const run = useCommand();
	const now = useNow(60_000);
	return (
		<Live of={useTopic(schedulesTopic, null)} loading="Looking for triggers of flows">
			{lines => {
				const shown = chosen(lines, settings);
				if (shown.length === 0) return <Nothing count={lines.length} onOpen={() => run('quarterdeck.newFlow')} />;
				const rows = shown.map(line => {
					const { uri, node } = line;
					return rowOf(line, now, {
						open: () => run('quarterdeck.flows.reveal', uri, node),
						act: verb => void act(actOnTrigger, { uri, node, verb }),
					});
				});
				return <ActionRows rows={rows} />;
			}}
		</Live>
	);
}

function Nothing({ count, onOpen }: { readonly count: number; readonly onOpen: () => void }): ReactElement {
	if (count > 0) return <Empty icon="calendar">The settings leave out all {count} triggers that there are.</Empty>;
	return (
		<Empty icon="calendar">
			<p>No flow of this workspace starts by itself: add a trigger node to one.</p>
			<Button onClick={onOpen}>New Flow…</Button>
		</Empty>
	);
}

/** What comes next first, what does not come last. */
function chosen(lines: readonly ScheduleLine[], { kinds, withOff }: Settings): readonly ScheduleLine[] {
	const isWanted = (line: ScheduleLine): boolean =>
		kinds.some(kind => kind === line.kind) && (withOff || isTurnedOn(line));
	return lines
		.filter(isWanted)
		.sort((left, right) => order(left) - order(right) || left.flow.localeCompare(right.flow));
}

function order(line: ScheduleLine): number {
	return line.next ?? (isTurnedOn(line) ? 1e14 : 1e15);
}

function rowOf(
	line: ScheduleLine,
	now: number,
	{ open, act }: { readonly open: () => void; readonly act: (verb: TriggerVerb) => void },
): ActionRow {
	const { uri, node, flow, title, about, state, kind, text } = line;
	const facts = triggerFacts(line, now);
	const button = (verb: TriggerVerb, icon: string, label: string): RowAction => ({
		icon,
		label: `${label} ${flow}: ${title}`,
		run: () => act(verb),
	});
	return {
		id: `${uri} ${node}`,
		icon: icons[kind],
		state: facts,
		tone: tones[state],
		title: joined(flow, about),
		about: facts,
		tooltip: joined(title, facts, text),
		open,
		actions: [
			button('run', 'play', 'Run now'),
			...(canTurnOn(line) ? [button('turnOn', 'check', 'Turn on')] : []),
			...(isTurnedOn(line) ? [button('turnOff', 'circle-slash', 'Turn off')] : []),
		],
	};
}
