import { expect, test } from 'vitest';
import { exportN8n } from '../../../../src/core/flow/interop/n8n/exportN8n';
import { importN8n } from '../../../../src/core/flow/interop/n8n/importN8n';
import { emptyFlow, type Flow } from '../../../../src/core/flow/model/flow';

test('triggers keep their pace and their answer through n8n', () => {
	const triggers = {
		often: { type: 'trigger.schedule@1', params: { every: '90 min' } },
		quickly: { type: 'trigger.schedule@1', params: { every: '20 s' } },
		daily: { type: 'trigger.schedule@1', params: { cron: '30 7 * * *' } },
		hook: { type: 'trigger.webhook@1', params: { path: 'ask', method: 'PUT', answer: 'output' } },
	};
	const flow: Flow = { ...emptyFlow('a', 'A'), nodes: triggers };
	const { flow: again } = importN8n(JSON.parse(JSON.stringify(exportN8n(flow).workflow)));
	const params = Object.values(again.nodes)
		.filter(({ type }) => type.startsWith('trigger.'))
		.map(node => node.params);
	expect(params).toEqual(expect.arrayContaining(Object.values(triggers).map(node => node.params)));
});
