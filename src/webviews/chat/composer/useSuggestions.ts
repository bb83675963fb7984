import { go } from 'fuzzysort';
import { useEffect, useMemo, useState } from 'react';
import type { SlashCommand } from '../../../core/chat/items';
import type { MentionHit } from '../../../core/chat/protocol';
import { failureOf, useHost } from '../host';
import type { Trigger } from './text';

/** One line of the menu above the composer. */
export interface Suggestion {
	readonly key: string;
	readonly icon: string;
	readonly label: string;
	/** Indexes in `label` that matched. */
	readonly matches: readonly number[];
	readonly detail: string;
	/** What replaces the typed part. */
	readonly insert: string;
	readonly hit: MentionHit | null;
}

export interface Suggestions {
	readonly items: readonly Suggestion[];
	readonly isLoading: boolean;
	readonly error: string | null;
}

const limit = 30;
const nothing: Suggestions = { items: [], isLoading: false, error: null };

/** What a conversation itself needs now and then; the CLI names skills and plugins before them. */
const usual = ['compact', 'clear', 'context'];

function usualFirst(commands: readonly SlashCommand[]): readonly SlashCommand[] {
	const first = usual.flatMap(name => commands.filter(command => command.name === name));
	return [...first, ...commands.filter(command => !usual.includes(command.name))];
}

/** The CLI's commands that match what was typed after `/`. */
export function matchCommands(commands: readonly SlashCommand[], text: string): readonly Suggestion[] {
	const ranked =
		text === ''
			? usualFirst(commands).map(command => ({ command, matches: [] as readonly number[] }))
			: go(text, commands, { key: 'name', threshold: 0.1 }).map(result => ({
					command: result.obj,
					matches: result.indexes,
				}));
	return ranked.slice(0, limit).map(({ command, matches }) => ({
		key: command.name,
		icon: 'symbol-event',
		label: `/${command.name}`,
		matches: matches.map(index => index + 1),
		detail: [command.argumentHint, command.description].filter(Boolean).join(' — '),
		insert: `/${command.name}`,
		hit: null,
	}));
}

const icons = { file: 'file', symbol: 'symbol-method', resource: 'server' } as const;

function keyOf({ attachment, label }: MentionHit): string {
	if (attachment.kind === 'resource') return `resource:${attachment.server}:${attachment.uri}`;
	return `${attachment.kind}:${attachment.path}:${'startLine' in attachment ? attachment.startLine : ''}:${label}`;
}

function fromHit(hit: MentionHit): Suggestion {
	const { attachment } = hit;
	return {
		key: keyOf(hit),
		icon: icons[attachment.kind],
		label: hit.label,
		matches: hit.matches,
		detail: hit.detail,
		insert: `@${attachment.label}`,
		hit,
	};
}

interface Found {
	readonly text: string;
	readonly items: readonly Suggestion[];
	readonly error: string | null;
}

/** What the menu shows for the present trigger. Files are asked of the host, 80 ms after the last key. */
export function useSuggestions(trigger: Trigger | null, commands: readonly SlashCommand[]): Suggestions {
	const { client } = useHost();
	const [found, setFound] = useState<Found | null>(null);
	const kind = trigger?.kind;
	const text = trigger?.text ?? '';
	useEffect(() => {
		if (kind !== 'mention') return undefined;
		let isGone = false;
		const timer = setTimeout(() => {
			client.call('mentions', { text, limit }).then(
				hits => {
					if (!isGone) setFound({ text, items: hits.map(fromHit), error: null });
				},
				(error: unknown) => {
					if (!isGone) setFound({ text, items: [], error: failureOf(error).text });
				},
			);
		}, 80);
		return () => {
			isGone = true;
			clearTimeout(timer);
		};
	}, [client, kind, text]);
	return useMemo(() => {
		if (kind === undefined) return nothing;
		if (kind === 'command') return { items: matchCommands(commands, text), isLoading: false, error: null };
		// The last hits stay until the next ones are there, so that the list does not flicker.
		return { items: found?.items ?? [], isLoading: found?.text !== text, error: found?.error ?? null };
	}, [commands, found, kind, text]);
}
