import { formatCost } from '../base/money';
import type { ChatItem, ToolItem, UserItem } from './items';

/** A conversation as a Markdown document, for export and for handing on to a new session. */
export function conversationMarkdown(title: string, items: readonly ChatItem[]): string {
	const parts = [`# ${title}`];
	for (const item of items) {
		const part = itemMarkdown(item);
		if (part !== '') parts.push(part);
	}
	return `${parts.join('\n\n')}\n`;
}

function itemMarkdown(item: ChatItem): string {
	switch (item.kind) {
		case 'user':
			return userMarkdown(item);
		case 'text':
			return item.parent === null ? item.text : quote(item.text);
		case 'thinking':
			return `<details><summary>Thinking</summary>\n\n${item.text}\n\n</details>`;
		case 'tool':
			return toolMarkdown(item);
		case 'notice':
			return quote(item.text);
		default:
			return `*${item.status}, ${(item.duration / 1000).toFixed(1)} s, ${item.cost === null ? 'cost unknown' : formatCost(item.cost)}*`;
	}
}

function userMarkdown(item: UserItem): string {
	const attached = item.attachments.map(attachment => `\`${attachment.label}\``).join(', ');
	return `## You\n\n${item.text}${attached === '' ? '' : `\n\nAttached: ${attached}`}`;
}

function toolMarkdown(item: ToolItem): string {
	const input = Object.keys(item.input).length === 0 ? '' : fenced('json', JSON.stringify(item.input, null, 2));
	const output = item.output === null ? '' : fenced('', item.output);
	const decision = item.decision === null ? '' : ` (${item.decision})`;
	return [`**${item.tool}**: ${item.state}${decision}`, input, output].filter(part => part !== '').join('\n\n');
}

/** A code block whose fence is longer than any fence inside it. */
function fenced(language: string, text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(match => match[0].length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}${language}\n${text}\n${fence}`;
}

function quote(text: string): string {
	return text
		.split('\n')
		.map(line => `> ${line}`)
		.join('\n');
}
