import { expect, test } from 'vitest';
import { z } from 'zod';
import table from '../../../src/core/providers/presets.json';
import { findPreset, presets } from '../../../src/core/providers/presets';
import { isLoopback } from '../../../src/core/providers/connection';

const https = z.url({ protocol: /^https$/ });
const schema = z
	.array(
		z.strictObject({
			id: z.string().regex(/^[a-z]+$/),
			label: z.string().min(2),
			baseUrl: z.url().nullable(),
			key: z.enum(['required', 'optional', 'none']),
			keyUrl: https.optional(),
			api: z.enum(['auto', 'chat', 'responses']),
			headers: z.record(z.string(), z.string()).optional(),
			site: https.optional(),
			start: z.string().endsWith('.').optional(),
			quirks: z
				.strictObject({
					auth: z.literal('api-key').optional(),
					maxTokens: z.literal('max_completion_tokens').optional(),
					effort: z.literal('reasoning').optional(),
					callIds: z.literal('nine').optional(),
					usageInStream: z.literal('always').optional(),
					structured: z.literal('json_object').optional(),
					reasoningBack: z.literal('reasoning_content').optional(),
					reportsCost: z.boolean().optional(),
					keyCheckPath: z.string().startsWith('/').optional(),
					listIsPublic: z.boolean().optional(),
					listIsNotYours: z.boolean().optional(),
					details: z.enum(['lmstudio', 'llamacpp']).optional(),
				})
				.optional(),
		}),
	)
	.readonly();

test('the table of presets has the shape that code reads', () => {
	expect(() => schema.parse(table)).not.toThrow();
	expect(new Set(presets.map(({ id }) => id)).size).toBe(presets.length);
});

test('a service with a key says where to get one, and a local one how to start it', () => {
	for (const { id, key, keyUrl, start, site, baseUrl } of presets) {
		if (key === 'required') expect(keyUrl, id).toBeDefined();
		if (baseUrl !== null && isLoopback(baseUrl)) expect([start, site], id).not.toContain(undefined);
		else if (baseUrl !== null) expect(baseUrl, id).toMatch(/^https:/);
	}
});

test('a preset that nobody knows is any other server', () => {
	expect(findPreset('no-such').id).toBe('other');
});
