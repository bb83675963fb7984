import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import { triggerFacts, whenText, type TriggerView } from '../../../../src/core/flow/triggers/triggerView';
import { flowsTree, triggerOfRow, type FlowRow } from '../../../../src/core/flow/views/flowsTree';
import { webhookView as view } from '../../../fakes/triggerView';

const now = new Date(2026, 0, 15, 12).getTime();
const hour = 3_600_000;
const row: FlowRow = {
	uri: 'file:///home/ada/shop/a%20b.flow.json',
	path: 'a b.flow.json',
	name: 'Release',
	problems: 0,
	last: undefined,
	isRunningHere: false,
	triggers: [],
};

describe('how triggers are shown', () => {
	test('the time is as short as it can be', () => {
		expect(whenText(now + hour, now)).toMatch(/^13:00$/);
		expect(whenText(now + 24 * hour, now)).toMatch(/^Fri 12:00$/);
		expect(whenText(now + 24 * 30 * hour, now)).toMatch(/2026 12:00$/);
	});

	test('one line says how it stands, when it comes next and how it went', () => {
		const last = { execution: asId<ExecutionId>('r'), at: now - hour, status: 'failed', error: 'No.' } as const;
		expect(triggerFacts(view, now)).toBe('off');
		expect(triggerFacts({ ...view, state: 'on', next: now + hour, last, queued: 2 }, now)).toBe(
			'on · next 13:00 · 2 waiting · last failed 11:00',
		);
		expect(triggerFacts({ ...view, state: 'changed', next: now + hour }, now)).toBe('changed: turn it on again');
	});

	test('they stand below their flow; a manual one is nothing to turn on', () => {
		const manual: TriggerView = { ...view, node: 'start', kind: 'manual' };
		const [plain, withTriggers] = flowsTree(
			[row, { ...row, uri: 'file:///home/ada/shop/b.flow.json', name: 'Z', triggers: [manual, view] }],
			now,
			'open',
		);
		expect(plain?.children).toBeUndefined();
		expect(withTriggers?.children?.map(({ label, description }) => `${label} ${description}`)).toEqual(['Deploy off']);
		const [child] = withTriggers!.children!;
		expect(triggerOfRow(child!.id)).toEqual({ uri: 'file:///home/ada/shop/b.flow.json', node: 'hook' });
		expect(triggerOfRow('file:///home/ada/shop/b.flow.json')).toBeUndefined();
	});

	test('each state offers what can be done in it', () => {
		const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../..', 'package.json'), 'utf8')) as {
			readonly contributes: {
				readonly menus: {
					readonly 'view/item/context': readonly { readonly command: string; readonly when: string }[];
				};
			};
		};
		const offered = (state: TriggerView['state'], kind: TriggerView['kind']): readonly string[] => {
			const [flow] = flowsTree([{ ...row, triggers: [{ ...view, state, kind }] }], now, 'open');
			const context = flow!.children![0]!.contextValue;
			return manifest.contributes.menus['view/item/context'].flatMap(({ command, when }) => {
				const [, pattern] = /^view == quarterdeck\.flows && viewItem =~ \/(.+)\/$/.exec(when) ?? [];
				const isOffered = pattern !== undefined && new RegExp(pattern).test(context);
				return isOffered ? [command.replace('quarterdeck.flows.', '')] : [];
			});
		};
		expect(offered('off', 'webhook')).toEqual(['runTrigger', 'turnOnTrigger']);
		expect(offered('on', 'webhook')).toEqual(['runTrigger', 'turnOffTrigger', 'copyCurl']);
		expect(offered('elsewhere', 'git')).toEqual(['runTrigger', 'turnOffTrigger']);
		expect(offered('changed', 'schedule')).toEqual(['runTrigger', 'turnOnTrigger', 'turnOffTrigger']);
	});
});
