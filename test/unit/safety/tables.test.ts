import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import codePatterns from '../../../src/core/safety/shell/codePatterns.json' with { type: 'json' };
import environment from '../../../src/core/safety/shell/environment.json' with { type: 'json' };
import windows from '../../../src/core/safety/shell/windows.json' with { type: 'json' };
import words from '../../../src/core/safety/words.json' with { type: 'json' };
import protectedRules from '../../../src/core/safety/protected.json' with { type: 'json' };
import commands from '../../../src/core/safety/shell/commands.json' with { type: 'json' };
import subcommands from '../../../src/core/safety/shell/subcommands.json' with { type: 'json' };
import { PathRules } from '../../../src/core/safety/paths';
import { findHandler } from '../../../src/core/safety/shell/handlers';
import { context, cwd } from './context';

const tier = z.enum(['GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK']);
const options = z.array(z.string().min(1));
const command = z.strictObject({
	tier,
	why: z.string().min(1).optional(),
	paths: z.enum(['none', 'list', 'read', 'write', 'pattern', 'copy', 'move']).optional(),
	valued: options.optional(),
	out: options.optional(),
	in: options.optional(),
	recursive: options.optional(),
	runs: options.optional(),
	subs: z.record(z.string(), tier).optional(),
	raise: z
		.array(
			z.strictObject({ sub: options.optional(), has: options, and: options.optional(), tier, why: z.string().min(1) }),
		)
		.optional(),
	mild: z
		.array(
			z.strictObject({
				sub: options.optional(),
				options: options.optional(),
				starts: options.optional(),
				needs: z.array(z.string().startsWith('-')).optional(),
				words: z.union([z.boolean(), z.number().int()]).optional(),
				tier: z.enum(['GREEN', 'YELLOW']),
			}),
		)
		.optional(),
	readVerbs: options.optional(),
	handler: z.string().optional(),
	grant: z.number().int().min(0).max(3).optional(),
	grantOrange: z.number().int().min(0).max(3).optional(),
});

describe('the tables', () => {
	test.each([
		['commands', commands],
		['subcommands', subcommands],
	])('%s.json has the shape that the code expects', (_, table) => {
		const result = z.record(z.string().regex(/^\S+(?: \S+)*$/u), command).safeParse(table);
		expect(result.error?.issues ?? []).toEqual([]);
	});

	test('no command stands in them twice', () => {
		const names = [...Object.keys(commands), ...Object.keys(subcommands)].flatMap(key => key.split(' '));
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});

	test('every handler they name exists', () => {
		for (const rule of [...Object.values(commands), ...Object.values(subcommands)]) {
			if ('handler' in rule) expect(findHandler(rule.handler)).toBeTypeOf('function');
		}
	});

	test('every protected place has an example that its own rule catches', () => {
		const shape = z.array(
			z.strictObject({
				id: z.string(),
				globs: options,
				read: tier.nullable(),
				write: tier.nullable(),
				why: z.string().min(1),
				examples: options,
				isLenient: z.boolean().optional(),
			}),
		);
		expect(shape.safeParse(protectedRules).error?.issues ?? []).toEqual([]);
		const rules = new PathRules(context);
		for (const rule of protectedRules) {
			for (const example of rule.examples) {
				if (rule.write === null) expect(rules.protection(example, cwd, 'write'), example).toBeUndefined();
				else
					expect(rules.protection(example, cwd, 'write'), example).toMatchObject({
						tier: rule.write,
						reason: `${example} ${rule.why}`,
					});
			}
		}
	});

	test('patterns compile, and names are plain', () => {
		for (const rule of codePatterns) expect(() => new RegExp(rule.pattern, 'u')).not.toThrow();
		expect(Object.keys(environment).sort()).toEqual(['code', 'command', 'network', 'options', 'riskyOptions']);
		expect(Object.keys(windows).sort()).toEqual(['BLACK', 'GREEN', 'ORANGE', 'RED', 'YELLOW']);
		expect(words.filter(word => !/^[a-z]{4,9}$/u.test(word))).toEqual([]);
		expect(new Set(words).size).toBe(words.length);
	});
});
