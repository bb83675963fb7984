import { describe, expect, test } from 'vitest';
import type { HealthChange, ServiceView } from '../../../src/core/health/health';
import { healthStates, type HealthState } from '../../../src/core/ledger/machineEvents';
import { conditions, findingOfAlert, findingOfChange, isCondition } from '../../../src/core/monitors/incident';
import { alertOf, serviceOf } from './records';

const service = serviceOf('user:web2', {
	name: 'web2 (id 101)',
	kind: 'http',
	state: 'unhealthy',
	reason: 'Connection refused.',
	isExpected: false,
});

function change(
	previous: HealthState,
	state: HealthState,
	more: Partial<HealthChange> & { service?: ServiceView } = {},
): HealthChange {
	return { previous, intent: 'unasked', ...more, service: { ...(more.service ?? service), state } };
}

const alert = alertOf('disk.usage:/home', { rule: 'disk-90' });

describe('a change of a service', () => {
	test('that answered and does so no longer is an incident, by its own id', () => {
		// A name with digits in it is no id.
		expect(findingOfChange(change('healthy', 'unhealthy'))).toEqual({
			kind: 'opened',
			incident: {
				key: 'service.down user:web2',
				condition: 'service.down',
				subject: 'user:web2',
				name: 'web2 (id 101)',
				since: 1_000,
				evidence: 'Connection refused.',
			},
		});
		expect(findingOfChange(change('degraded', 'unhealthy'))).toMatchObject({ kind: 'opened' });
		expect(findingOfChange(change('healthy', 'degraded'))).toMatchObject({
			incident: { condition: 'service.degraded' },
		});
	});

	test('for the better is none, whatever it was before', () => {
		for (const previous of healthStates)
			expect(findingOfChange(change(previous, 'healthy'))).toEqual({
				kind: 'over',
				keys: ['service.down user:web2', 'service.degraded user:web2'],
			});
		expect(findingOfChange(change('unhealthy', 'degraded'))).toEqual({
			kind: 'over',
			keys: ['service.down user:web2'],
		});
	});

	test('that a person asked for is none, whether it stands still or fails at it', () => {
		expect(findingOfChange(change('healthy', 'unhealthy', { intent: 'user' }))).toMatchObject({ kind: 'over' });
		const stopped = { ...service, isStopped: true };
		const stop = change('healthy', 'unknown', { service: stopped, intent: 'user' });
		expect(findingOfChange(stop)).toMatchObject({ kind: 'over' });
	});

	test('that a repair brings about ends nothing, unless it is well again', () => {
		const stopped = { ...service, isStopped: true };
		const intent = 'runbook';
		expect(findingOfChange(change('unhealthy', 'unknown', { service: stopped, intent }))).toEqual({ kind: 'nothing' });
		expect(findingOfChange(change('unknown', 'unhealthy', { intent }))).toEqual({ kind: 'nothing' });
		expect(findingOfChange(change('unknown', 'healthy', { intent }))).toMatchObject({ kind: 'over' });
		// It was repaired, and went down again at once.
		expect(findingOfChange(change('healthy', 'unhealthy', { intent }))).toMatchObject({ kind: 'opened' });
	});

	test('of one that never answered here, or that is behind a dead one, is none', () => {
		expect(findingOfChange(change('unknown', 'unhealthy'))).toEqual({ kind: 'nothing' });
		expect(findingOfChange(change('healthy', 'unreachable'))).toMatchObject({ kind: 'over' });
		expect(findingOfChange(change('unreachable', 'unhealthy'))).toEqual({ kind: 'nothing' });
		const expected = { ...service, isExpected: true };
		expect(findingOfChange(change('unreachable', 'unhealthy', { service: expected }))).toMatchObject({
			kind: 'opened',
		});
	});
});

describe('an alert', () => {
	test('is an incident by its subject', () => {
		expect(findingOfAlert(alert)).toMatchObject({
			kind: 'opened',
			incident: { key: 'disk.full disk.usage:/home', condition: 'disk.full', since: 5, alert: 'alert-1' },
		});
		const known = ['memory.usage', 'gpu.memory:0', 'gpu.temperature:1'].map(subject =>
			findingOfAlert({ ...alert, subject }),
		);
		expect(known).toMatchObject([
			{ incident: { condition: 'memory.full' } },
			{ incident: { condition: 'gpu.memoryFull' } },
			{ incident: { condition: 'hot' } },
		]);
		expect(findingOfAlert({ ...alert, subject: 'flow:nightly' })).toMatchObject({
			incident: { condition: 'alert:disk-90' },
		});
	});

	test('that somebody looks after is over, and one about a service was told by its state', () => {
		for (const state of ['acknowledged', 'snoozed', 'resolved'] as const)
			expect(findingOfAlert({ ...alert, state })).toEqual({ kind: 'over', keys: ['disk.full disk.usage:/home'] });
		expect(findingOfAlert({ ...alert, subject: 'service:mcp:files' })).toEqual({ kind: 'nothing' });
	});
});

test('every condition is raised by something', () => {
	const subjects = ['disk.usage:/', 'memory.usage', 'gpu.memory:0', 'gpu.temperature:0'];
	const findings = [
		...subjects.map(subject => findingOfAlert({ ...alert, subject })),
		findingOfChange(change('healthy', 'unhealthy')),
		findingOfChange(change('healthy', 'degraded')),
	];
	const raised = findings.flatMap(finding => (finding.kind === 'opened' ? [finding.incident.condition] : []));
	// Our own storage is looked at in the background round: see the test of the service.
	expect([...raised, 'storage.large'].sort()).toEqual([...conditions].sort());
	expect(['service.down', 'alert:x', 'alert:', 'toString', 3].map(isCondition)).toEqual([
		true,
		true,
		false,
		false,
		false,
	]);
});
