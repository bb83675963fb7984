import { Validator } from '@cfworker/json-schema';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import { printFlow } from '../../../../src/core/flow/model/print';
import { flowSchema } from '../../../../src/core/flow/model/schema';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { exampleCatalog } from './catalog';

const validator = new Validator(flowSchema(exampleCatalog), '7');
const isValid = (nodes: object, more: object = {}): boolean =>
	validator.validate({ flow: 1, id: 'x', nodes, ...more }).valid;
const request = (params: object): object => ({ a: { type: 'http.request@2', params } });

describe('the schema of documents', () => {
	test('in media is that of the node types (node scripts/flowSchema.ts writes it)', () => {
		const file = join(import.meta.dirname, '../../../../media/flow.schema.json');
		expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(flowSchema(builtInCatalog))));
	});

	test('takes what the printer writes', () => {
		const flow = applyOps(emptyFlow('x', 'X'), [
			{ op: 'setFlow', description: 'two\nlines', limits: { maxSteps: 3 } },
			{ op: 'setInput', name: 'repo', input: { type: 'text', default: '' } },
			{
				op: 'addNode',
				id: 'a',
				node: {
					type: 'http.request@2',
					params: { url: 'a\nb', method: '{{ flow.repo }}', headers: [{ name: 'x', value: 'y\nz' }] },
					retry: { max: 1 },
					onError: { value: { body: 1 } },
					note: 'n\nm',
				},
				at: { x: 8, y: -8 },
			},
			{
				op: 'addNode',
				id: 'b',
				node: { type: 'from.the-future@9', params: { any: 1 }, in: 'a' },
				at: { x: 0, y: 0, width: 80, height: 80 },
			},
			{ op: 'addEdge', edge: { from: 'a', output: 'body', to: 'b', input: 'in' } },
			{ op: 'setGroup', id: 'g', group: { name: 'G', nodes: ['a'], color: 'red' } },
		]);
		const { valid, errors } = validator.validate(JSON.parse(printFlow(flow)));
		expect([valid, errors]).toEqual([true, []]);
	});

	test('refuses what the parser and the checks would refuse', () => {
		expect(isValid(request({ url: 'x' }))).toBe(true);
		expect(isValid(request({}))).toBe(false);
		expect(isValid(request({ url: 'x', method: 'PUT' }))).toBe(false);
		expect(isValid(request({ url: 'x', verb: 1 }))).toBe(false);
		expect(isValid(request({ url: 'x', maxBytes: '{{ 3 }}' }))).toBe(true);
		expect(isValid(request({ url: 'x', maxBytes: 'three' }))).toBe(false);
		expect(isValid({ 'b b': { type: 'flow.note@1' } })).toBe(false);
		expect(isValid({ a: {} })).toBe(false);
		expect(isValid({}, { edges: ['a -> b'] })).toBe(false);
		expect(isValid({}, { limits: { concurrency: 0 } })).toBe(false);
	});

	test('refers to nothing that it does not hold', () => {
		const text = JSON.stringify(flowSchema(builtInCatalog));
		const { definitions } = JSON.parse(text) as { definitions: object };
		const missing = [...text.matchAll(/"\$ref":"([^"]+)"/g)]
			.map(match => match[1]!.replace('#/definitions/', ''))
			.filter(name => !Object.hasOwn(definitions, name));
		expect(missing).toEqual([]);
	});
});
