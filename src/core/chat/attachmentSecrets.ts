import type { SafetyContext } from '../safety/approval';
import type { Finding } from '../safety/finding';
import { pathRules } from '../safety/paths';
import { describeSecrets, redactSecrets } from '../safety/secrets';
import { isWorse } from '../safety/tier';
import type { AttachmentView } from './items';

/** What is attached to a prompt after a look for secrets. */
export interface CheckedAttachments {
	/** Texts without the secrets that they held. */
	readonly attachments: readonly AttachmentView[];
	/** What was kept back, one sentence an attachment: `config.ts: a GitHub token`. */
	readonly kept: readonly string[];
	/** Files that the receiver reads by itself and that hold secrets, or usually do. */
	readonly protectedFiles: readonly { readonly label: string; readonly finding: Finding }[];
}

/** Takes secrets out of attached texts and names attached files that are protected. Typed text is the user's own word. */
export function checkedAttachments(
	attachments: readonly AttachmentView[],
	context: SafetyContext,
	cwd: string,
): CheckedAttachments {
	const kept: string[] = [];
	const protectedFiles: CheckedAttachments['protectedFiles'][number][] = [];
	const checked = attachments.map(attachment => {
		if (attachment.kind === 'file' || attachment.kind === 'selection') {
			const finding = pathRules(context).protection(attachment.path, cwd, 'read');
			if (finding && isWorse(finding.tier, 'YELLOW')) protectedFiles.push({ label: attachment.label, finding });
		}
		if (attachment.kind !== 'text' && attachment.kind !== 'selection') return attachment;
		const { text, found } = redactSecrets(attachment.text);
		if (found.length === 0) return attachment;
		kept.push(`${attachment.label}: ${describeSecrets(found)}`);
		return { ...attachment, text };
	});
	return { attachments: checked, kept, protectedFiles };
}
