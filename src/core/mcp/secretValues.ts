import type { JsonObject } from './jsonText';

/** A definition whose secret values were taken out. */
export interface Cleaned {
	readonly raw: JsonObject;
	/** Values for the secret storage, by the id of their input. */
	readonly secrets: Readonly<Record<string, string>>;
	/** Names of the variables and headers that were taken out, for the person to see. */
	readonly names: readonly string[];
}

const secretName = /key|token|secret|passw|pass$|pat$|credential|authorization|dsn|database_ur|connection/i;
/** Words that stand where a value should be, in the examples of READMEs. */
const example = /^(?:<.*>|\[.*\]|your[-_ ].*|xxx+|\.\.\.|…|changeme|todo)$/i;

/**
 * Takes values that look like secrets out of a definition that somebody pasted or another program keeps in plain text.
 * They become `${input:…}`; ids carry the server's name, so that two servers do not share one by accident.
 */
export function withoutSecrets(name: string, raw: JsonObject): Cleaned {
	const secrets: Record<string, string> = {};
	const names: string[] = [];
	const inputs: JsonObject[] = [];
	const clean = (table: unknown): unknown => {
		if (!isTable(table)) return table;
		const entries = Object.entries(table).map(([key, value]) => {
			if (typeof value !== 'string' || value === '' || value.includes('${') || !secretName.test(key))
				return [key, value];
			const id = `${name}-${key}`;
			const scheme = /^(?:Bearer|Basic|Token) /i.exec(value)?.[0] ?? '';
			const rest = value.slice(scheme.length);
			// An example's own words are no value: the person is asked at the start.
			if (!example.test(rest.trim())) secrets[id] = rest;
			names.push(key);
			inputs.push({ id, type: 'promptString', description: key, password: true });
			return [key, `${scheme}\${input:${id}}`];
		});
		return Object.fromEntries(entries) as unknown;
	};
	const env = clean(raw['env']);
	const headers = clean(raw['headers']);
	if (names.length === 0) return { raw, secrets, names };
	const declared = Array.isArray(raw['inputs']) ? (raw['inputs'] as unknown[]) : [];
	return {
		raw: {
			...raw,
			...(env === undefined ? {} : { env }),
			...(headers === undefined ? {} : { headers }),
			inputs: [...declared, ...inputs],
		},
		secrets,
		names,
	};
}

function isTable(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
