import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { asId, type AlertId } from '../base/ids';
import { ensureFolder, writeFileAtomic } from '../storage/files';
import { isCondition, type Incident } from './incident';

/** What the user has been told of an incident. */
export interface Told {
	/** It was suggested. */
	readonly isSuggested?: boolean;
	/** They do not want it. */
	readonly isDeclined?: boolean;
	/** They know that nothing more will be tried. */
	readonly isGivenUp?: boolean;
}

export interface OpenIncident extends Told {
	readonly incident: Incident;
}

const storedSchema = z.array(
	z.object({
		incident: z.object({
			key: z.string(),
			condition: z.string(),
			subject: z.string(),
			name: z.string(),
			since: z.number(),
			evidence: z.string(),
			alert: z.optional(z.string()),
		}),
		isSuggested: z.optional(z.boolean()),
		isDeclined: z.optional(z.boolean()),
		isGivenUp: z.optional(z.boolean()),
	}),
);

/** What is wrong now. Kept in a file, so that a reload neither forgets attempts nor tells everything again. */
export class IncidentBook {
	readonly #path: string;
	readonly #folder: string;
	readonly #open = new Map<string, OpenIncident>();

	constructor(folder: string) {
		this.#folder = folder;
		this.#path = join(folder, 'incidents.json');
	}

	get all(): readonly OpenIncident[] {
		return [...this.#open.values()];
	}

	find(key: string): OpenIncident | undefined {
		return this.#open.get(key);
	}

	/** False when it is open already: then it began earlier, and only what is seen of it is new. */
	open(incident: Incident): boolean {
		const known = this.#open.get(incident.key);
		const since = known?.incident.since ?? incident.since;
		this.#open.set(incident.key, { ...known, incident: { ...incident, since } });
		return !known;
	}

	close(key: string): boolean {
		return this.#open.delete(key);
	}

	note(key: string, told: Told): void {
		const known = this.#open.get(key);
		if (known) this.#open.set(key, { ...known, ...told });
	}

	/** What an earlier window left. A damaged file is an empty one: what is wrong is told again. */
	async load(): Promise<void> {
		const text = await readFile(this.#path, 'utf8').catch(() => '[]');
		for (const stored of storedOf(text)) {
			const { incident } = stored;
			if (isCondition(incident.condition) && !this.#open.has(incident.key)) this.#open.set(incident.key, stored);
		}
	}

	async save(): Promise<void> {
		await ensureFolder(this.#folder);
		await writeFileAtomic(this.#path, JSON.stringify(this.all));
	}
}

function storedOf(text: string): readonly OpenIncident[] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return []; // Torn.
	}
	const parsed = storedSchema.safeParse(value);
	if (!parsed.success) return [];
	return parsed.data.flatMap(({ incident, isSuggested = false, isDeclined = false, isGivenUp = false }) => {
		const { condition, alert, ...rest } = incident;
		if (!isCondition(condition)) return [];
		const whole = { ...rest, condition, ...(alert === undefined ? {} : { alert: asId<AlertId>(alert) }) };
		return [{ incident: whole, isSuggested, isDeclined, isGivenUp }];
	});
}
