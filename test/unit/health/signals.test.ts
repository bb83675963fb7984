import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import { AlertEngine } from '../../../src/core/health/alerts/alertEngine';
import { hourOf } from '../../../src/core/health/uptime';
import type { ServiceHour } from '../../../src/core/ledger/machineEvents';
import { Signals } from '../../../src/extension/health/signals';
import { ManualClock } from '../../fakes/manualClock';
import { settle } from './world';

let clock: ManualClock;
let engine: AlertEngine;
let hours: readonly ServiceHour[];

beforeEach(() => {
	clock = new ManualClock();
	hours = [];
	engine = new AlertEngine({ clock, record: () => undefined, quietHours: () => null });
	engine.setRules([{ id: 'often-down', on: 'service.uptime', below: 99 }]);
	engine.lead(true);
	const service = { id: 'user:Shop', name: 'Shop', reason: 'It answers.', checkedAt: null, isExpected: true };
	const signals = new Signals({
		clock,
		log: silentLogger,
		engine,
		monitor: {
			services: [service],
			isLeader: true,
			isMine: () => true,
			isOfWindow: () => false,
			onDidChange: new Emitter<void>().event,
			flush: () => undefined,
		},
		ledger: {
			onDidChange: new Emitter().event,
			query: (name: string) => Promise.resolve(name === 'serviceHours' ? hours : []),
		},
		budgets: () => ({ dailyUsd: 0, monthlyUsd: 0 }),
		hardware: () => Promise.reject(new Error('none')),
		providers: () => undefined,
	} as never);
	onTestFinished(() => {
		signals.dispose();
		engine.dispose();
	});
	signals.update(true);
});

async function pass(minutes: number): Promise<readonly string[]> {
	for (let quarter = 0; quarter < minutes * 4; quarter++) {
		clock.advance(15_000);
		await settle();
	}
	return engine.book.open.map(({ title }) => title);
}

function watched(seconds: ServiceHour['seconds']): void {
	const figures = { checks: 1, failures: 0, latencySum: 0, latencyMax: 0 };
	hours = [{ service: 'user:Shop', hour: hourOf(clock.now()), seconds, ...figures }];
}

test('a rule on uptime holds once an hour was watched, as long as other rules do, and ends', async () => {
	watched({ healthy: 120, unhealthy: 180 });
	expect(await pass(25)).toEqual([]);
	watched({ healthy: 7_128, unhealthy: 144 });
	expect(await pass(15)).toEqual(['Shop was up 98 % of the 2 hours watched']);
	watched({ healthy: 72_000, unhealthy: 144 });
	expect(await pass(15)).toEqual([]);
});
