import { expect, test } from 'vitest';
import { checkedAttachments } from '../../../src/core/chat/attachmentSecrets';
import type { AttachmentView } from '../../../src/core/chat/items';
import { redactingLogger } from '../../../src/core/safety/redactingLogger';
import { context, cwd } from '../safety/context';

const key = `ghp_${'aB3dE5fG7h'.repeat(4)}`;

test('attached texts lose their secrets, and what was kept back is told', () => {
	const attachments: readonly AttachmentView[] = [
		{ kind: 'text', label: 'notes.md', text: `token ${key}` },
		{ kind: 'selection', label: 'a.ts:1', path: 'a.ts', startLine: 1, endLine: 1, text: `PASSWORD=hunter22` },
		{ kind: 'text', label: 'plain', text: 'const token = read();' },
		{ kind: 'file', label: 'a.ts', path: 'a.ts' },
	];
	const checked = checkedAttachments(attachments, context, cwd);
	expect(JSON.stringify(checked)).not.toContain(key);
	expect(JSON.stringify(checked)).not.toContain('hunter22');
	expect(checked.kept).toEqual(['notes.md: a GitHub token', 'a.ts:1: a password']);
	expect(checked.attachments.slice(2)).toEqual(attachments.slice(2));
	expect(checked.protectedFiles).toEqual([]);
});

test('attached files that hold secrets, or usually do, are named', () => {
	const file = (path: string): AttachmentView => ({ kind: 'file', label: path, path });
	const { protectedFiles } = checkedAttachments(['.env', '/home/dev/.ssh/id_rsa', 'src/a.ts'].map(file), context, cwd);
	expect(protectedFiles.map(({ label, finding }) => [label, finding.tier])).toEqual([
		['.env', 'ORANGE'],
		['/home/dev/.ssh/id_rsa', 'BLACK'],
	]);
});

test('logs hold no secrets, in messages, details and errors', () => {
	const lines: string[] = [];
	const write = (message: string | Error, ...details: unknown[]): void => {
		const texts = [message, ...details].map(part =>
			part instanceof Error ? `${part.message} ${part.stack}` : String(part),
		);
		lines.push(texts.join(' '));
	};
	const logger = redactingLogger({ trace: write, debug: write, info: write, warn: write, error: write });
	logger.info(`sent ${key}`);
	logger.warn('sent', `Authorization: Bearer ${key}`, 5);
	logger.error(new Error(`401 for ${key}`));
	logger.error('plain', new Error(`and ${key}`));
	expect(lines).toHaveLength(4);
	expect(lines.join('\n')).not.toContain(key);
	expect(lines[0]).toBe('sent ⟨secret removed: GitHub token⟩');
});
