import catalogue from './catalogue.json';

/** How a server of the catalogue is started. */
export type CatalogueLauncher =
	| { readonly kind: 'npx'; readonly package: string; readonly args: readonly string[] }
	/** `from` is the package where the program in it has another name. */
	| { readonly kind: 'uvx'; readonly package: string; readonly from?: string; readonly args: readonly string[] }
	| {
			readonly kind: 'docker';
			readonly image: string;
			/** Options of `docker run` beside those that every server gets. */
			readonly options: readonly string[];
			readonly args: readonly string[];
	  }
	| { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Something the user has to fill in. */
export interface CatalogueInput {
	/** Unique in its server; `${input:id}` stands for it. */
	readonly id: string;
	readonly description: string;
	/** Kept in the secret storage and never written to a file. */
	readonly isSecret: boolean;
	/** Where the user gets it: an https address. */
	readonly where?: string;
	readonly default?: string;
	/** Left empty, what it belongs to is left out. */
	readonly isOptional?: boolean;
}

/** One server that can be installed. */
export interface CatalogueServer {
	readonly id: string;
	readonly name: string;
	readonly category: string;
	readonly description: string;
	readonly homepage: string;
	readonly launcher: CatalogueLauncher;
	readonly env?: Readonly<Record<string, string>>;
	readonly inputs?: readonly CatalogueInput[];
	/** What to know before it is installed. */
	readonly note?: string;
}

export interface Catalogue {
	/** The day on which names, launchers and life of the packages were checked. */
	readonly checked: string;
	readonly servers: readonly CatalogueServer[];
}

/** A definition as our setting holds it, with the inputs it declares, and what stays secret. */
export interface InstallDraft {
	readonly definition: Readonly<Record<string, unknown>>;
	/** Values for the secret storage, by the id of their input. */
	readonly secrets: Readonly<Record<string, string>>;
}

/** The servers that come with the extension. */
export function readCatalogue(): Catalogue {
	return catalogue as Catalogue;
}

/** What the launcher needs on this machine: `npx (Node.js)`. */
export function launcherNeeds({ kind }: CatalogueLauncher): string {
	const needs = { npx: 'npx (Node.js)', uvx: 'uvx (uv)', docker: 'Docker', http: 'nothing on this machine' };
	return needs[kind];
}

/**
 * Makes a definition of a server of the catalogue. Plain answers are written into it; secret ones stay `${input:…}`,
 * under an id that carries the server's name so that two servers never share a secret by accident.
 * @param name what the user calls the server
 */
export function installDraft(
	server: CatalogueServer,
	name: string,
	answers: Readonly<Record<string, string>>,
): InstallDraft {
	const fill = new Filling(server.inputs ?? [], name, answers);
	const { launcher } = server;
	const env = fill.record(server.env ?? {});
	if (launcher.kind === 'http') {
		const headers = fill.record(launcher.headers);
		const url = fill.text(launcher.url) ?? launcher.url;
		return fill.outcome({ type: 'http', url, ...(isEmpty(headers) ? {} : { headers }) });
	}
	const [command, ...args] = commandLine(launcher, Object.keys(env), fill);
	return fill.outcome({ command, args, ...(isEmpty(env) ? {} : { env }) });
}

function commandLine(
	launcher: Exclude<CatalogueLauncher, { kind: 'http' }>,
	names: readonly string[],
	fill: Filling,
): readonly string[] {
	const args = fill.list(launcher.args);
	switch (launcher.kind) {
		case 'npx':
			return ['npx', '-y', launcher.package, ...args];
		case 'uvx':
			return ['uvx', ...(launcher.from === undefined ? [] : ['--from', launcher.from]), launcher.package, ...args];
		case 'docker': {
			// Named without a value: the value stays in docker's own environment and never shows in a list of processes.
			const passed = names.flatMap(each => ['-e', each]);
			return ['docker', 'run', '-i', '--rm', ...passed, ...fill.list(launcher.options), launcher.image, ...args];
		}
		default:
			return launcher satisfies never;
	}
}

const placeholder = /\$\{input:([\w-]+)\}/g;

/** Puts answers in the place of `${input:…}`. */
class Filling {
	readonly #inputs: ReadonlyMap<string, CatalogueInput>;
	readonly #name: string;
	readonly #answers: Readonly<Record<string, string>>;
	readonly #used = new Map<string, Readonly<Record<string, unknown>>>();
	readonly #secrets: Record<string, string> = {};

	constructor(inputs: readonly CatalogueInput[], name: string, answers: Readonly<Record<string, string>>) {
		this.#inputs = new Map(inputs.map(input => [input.id, input]));
		this.#name = name;
		this.#answers = answers;
	}

	/** `undefined` when it names an optional input that was left empty. */
	text(template: string): string | undefined {
		let isLeftOut = false;
		const filled = template.replaceAll(placeholder, (whole, id: string) => {
			const input = this.#inputs.get(id);
			if (!input) return whole;
			const answer = this.#answers[id] ?? input.default ?? '';
			if (answer === '' && input.isOptional === true) isLeftOut = true;
			return input.isSecret && answer !== '' ? this.#secret(input, answer) : answer;
		});
		return isLeftOut ? undefined : filled;
	}

	list(templates: readonly string[]): readonly string[] {
		return templates.map(template => this.text(template)).filter(text => text !== undefined);
	}

	record(templates: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
		const entries = Object.entries(templates).flatMap(([key, template]) => {
			const text = this.text(template);
			return text === undefined ? [] : [[key, text] as const];
		});
		return Object.fromEntries(entries);
	}

	/** The definition with what it declares. */
	outcome(definition: Readonly<Record<string, unknown>>): InstallDraft {
		const inputs = [...this.#used.values()];
		return {
			definition: inputs.length === 0 ? definition : { ...definition, inputs },
			secrets: this.#secrets,
		};
	}

	#secret(input: CatalogueInput, answer: string): string {
		const id = `${this.#name}-${input.id}`;
		this.#used.set(id, { id, type: 'promptString', description: input.description, password: true });
		this.#secrets[id] = answer;
		return `\${input:${id}}`;
	}
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
	return Object.keys(record).length === 0;
}
