import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { checkedAttachments } from '../../core/chat/attachmentSecrets';
import type { AttachmentView } from '../../core/chat/items';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import { safetyContext } from '../safety/context';

/**
 * What is sent of attachments: texts without the secrets in them, which is said, and protected files only after a
 * question. What is never shown to an agent is not sent at all.
 */
export async function withoutSecrets(
	host: Host,
	attachments: readonly AttachmentView[],
	cwd: string,
): Promise<readonly AttachmentView[]> {
	if (attachments.length === 0) return attachments;
	const checked = checkedAttachments(attachments, safetyContext(host), cwd);
	const refused = checked.protectedFiles.find(({ finding }) => finding.tier === 'BLACK');
	if (refused) throw new ExpectedError('secret-attached', `${refused.label} was not sent: ${refused.finding.reason}.`);
	if (checked.protectedFiles.length > 0) {
		const detail = checked.protectedFiles.map(({ label, finding }) => `${label}: ${finding.reason}`).join('\n');
		const choice = await vscode.window.showWarningMessage(
			'Send what usually holds secrets to the model?',
			{ modal: true, detail },
			'Send',
		);
		if (choice !== 'Send') throw new ExpectedError('secret-attached', 'Nothing was sent.');
	}
	if (checked.kept.length > 0)
		void vscode.window.showWarningMessage(unlinked(`Kept from the model: ${checked.kept.join('; ')}.`));
	return checked.attachments;
}
