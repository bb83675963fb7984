import { describe, expect, test } from 'vitest';
import { asId } from '../../../src/core/base/ids';
import type { ApprovalView } from '../../../src/core/safety/approval';
import type { Grant } from '../../../src/core/safety/grants';
import {
	approvalContext,
	approvalDescription,
	approvalDocument,
	approvalLabel,
	approvalMarkdown,
	badgeTooltip,
	codeBlock,
	grantLine,
	isOneClick,
	noticeText,
	redConfirmation,
} from '../../../src/core/safety/views';

function approval(changes: Partial<ApprovalView> = {}): ApprovalView {
	return {
		id: asId('a1'),
		kind: 'tool',
		tier: 'YELLOW',
		tool: 'Bash',
		effect: 'npm test',
		reasons: ['npm test runs the tests of the workspace'],
		grants: ['once', 'session', 'workspace'],
		grantLabel: 'npm test',
		word: null,
		needsModal: false,
		questions: [],
		plan: null,
		conversation: asId('c1'),
		asker: 'Fix login',
		execution: null,
		step: null,
		askedAt: 0,
		...changes,
	};
}
const question = approval({
	kind: 'question',
	tool: 'AskUserQuestion',
	grants: [],
	questions: [
		{
			question: 'Which database?',
			header: 'DB',
			isMultiSelect: false,
			options: [{ label: 'SQLite', description: 'a file' }],
		},
	],
});
const plan = approval({ kind: 'plan', tool: 'ExitPlanMode', grants: [], plan: '# Plan' });

describe('a row of the tree', () => {
	test.each([
		[approval(), 'Bash: npm test', 'YELLOW · Fix login', 'approval allow session workspace refuse'],
		[
			approval({ tier: 'ORANGE', effect: 'git\n  push', grants: ['once', 'session'] }),
			'Bash: git push',
			'ORANGE · Fix login',
			'approval allow session refuse',
		],
		[
			approval({ kind: 'edit', tool: 'Edit', effect: '/w/src/a.ts', grants: ['once'] }),
			'Edit: a.ts',
			'src · YELLOW · Fix login',
			'approval allow refuse edit',
		],
		[question, 'Question: Which database?', 'Fix login', 'approval refuse'],
		[plan, 'Plan to approve', 'Fix login', 'approval refuse'],
	])('%#', (view, label, description, context) => {
		expect([approvalLabel(view), approvalDescription(view), approvalContext(view)]).toEqual([
			label,
			description,
			context,
		]);
	});

	test('a row stays one line, whatever a file is called', () => {
		const view = approval({ tool: 'Write', kind: 'edit', effect: '/app/src/a\n\nb.ts' });
		expect([approvalLabel(view), approvalDescription(view)]).toEqual(['Write: a b.ts', 'src · YELLOW · Fix login']);
	});

	test('the badge says who asks', () => {
		const other = approval({ asker: 'Docs' });
		expect(badgeTooltip([approval(), other, approval()])).toBe('3 approvals wait: “Fix login” (2), “Docs”');
		expect(badgeTooltip([other])).toBe('1 approval waits: “Docs”');
		expect(badgeTooltip([])).toBe('');
	});
});

describe('the exact effect', () => {
	test('nothing breaks out of its block', () => {
		expect(codeBlock('echo `a` ```b````')).toBe('`````\necho `a` ```b````\n`````');
		const text = approvalMarkdown(
			approval({ effect: '```\n[x](command:evil)', asker: '[y](command:evil)', reasons: ['a | b'] }),
		);
		expect(text).toContain('````\n```\n[x](command:evil)\n````');
		expect(text).toContain('**\\[y\\]\\(command:evil\\)** wants to use Bash');
		expect(text).toContain('- a \\| b');
	});

	test('the document holds everything, unshortened', () => {
		const long = `printf ${'x'.repeat(5000)}`;
		const text = approvalDocument(approval({ effect: long }), { command: long, timeout: 5, script: 'a\nb' });
		expect(text.split(long)).toHaveLength(3);
		expect(text).toContain('script:\na\nb\n');
		expect(text).toContain('timeout: 5');
		expect(text).toContain('Tier: YELLOW (changes files or asks other machines, and is easily undone)');
		expect(approvalDocument(question, null)).toContain('  - SQLite: a file');
		expect(approvalDocument(plan, null)).toContain('# Plan');
	});
});

describe('a notification', () => {
	test.each([
		[approval(), '“Fix login” wants to run: npm test', true],
		[approval({ kind: 'edit', tool: 'Edit', effect: 'src/a.ts' }), '“Fix login” wants to edit: src/a.ts', true],
		[
			approval({ tool: 'WebFetch', effect: 'https://example.com' }),
			'“Fix login” wants to use WebFetch: https://example.com',
			true,
		],
		[approval({ tier: 'ORANGE', word: 'harbour' }), '“Fix login” wants to run: npm test', false],
		[approval({ tier: 'RED', needsModal: true }), '“Fix login” wants to run: npm test', false],
		[approval({ effect: 'x'.repeat(200) }), `“Fix login” wants to run: ${'x'.repeat(160)}…`, false],
		[question, '“Fix login” asks: Which database?', false],
		[plan, '“Fix login” proposes a plan.', false],
	])('%#', (view, text, oneClick) => {
		expect([noticeText(view), isOneClick(view)]).toEqual([text, oneClick]);
	});

	test('RED is confirmed with the exact effect and a button that names the act', () => {
		const view = approval({ tier: 'RED', effect: 'git push --force\norigin', reasons: ['it overwrites the remote'] });
		expect(redConfirmation(view)).toEqual({
			title: 'Let “Fix login” run this command? It cannot be undone.',
			detail: '• it overwrites the remote\n\ngit push --force\norigin',
			button: 'Run It',
		});
		expect(redConfirmation(approval({ tool: 'Write', reasons: [] })).button).toBe('Allow Write');
	});

	test('a RED command of 100 KB pushes neither its reasons nor the buttons out of sight', () => {
		const effect = `echo ${'a'.repeat(100_000)} && git push --force`;
		const { detail } = redConfirmation(approval({ tier: 'RED', effect, reasons: ['it overwrites the remote'] }));
		expect(detail.length).toBeLessThan(2000);
		expect(detail).toMatch(
			/^• it overwrites the remote\n\necho a+\n⟨… [\d,]+ characters more …⟩\na+ && git push --force$/,
		);
	});
});

const title = (): string => 'Fix login';
test('a standing permission says where it holds', () => {
	const grant: Grant = { id: '1', scope: 'workspace', conversation: null, part: 'p', label: 'npm test', grantedAt: 0 };
	expect(grantLine(grant, title)).toEqual({ label: 'npm test', description: 'in this workspace' });
	expect(grantLine({ ...grant, scope: 'session' }, title).description).toBe('for this session of “Fix login”');
});
