import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { FlagConsent } from '../../../../src/cli/consent';
import type { Json } from '../../../../src/core/base/json';
import { toNano } from '../../../../src/core/base/money';
import { FlowRun, type RunResult } from '../../../../src/core/flow/engine/flowRun';
import { modelService } from '../../../../src/core/flow/engine/modelService';
import type { AgentService, RunServices } from '../../../../src/core/flow/engine/services';
import { toolService } from '../../../../src/core/flow/engine/toolService';
import type { WaitAnswer } from '../../../../src/core/flow/engine/waits';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import type { AgentAnswer, AgentRequest } from '../../../../src/core/flow/nodes/context';
import { readTemplates, type FlowTemplate, type TemplateIndex } from '../../../../src/core/flow/templates/library';
import type { ModelRequest } from '../../../../src/core/providers/provider';
import { Approvals } from '../../../../src/core/safety/approvals';
import { Gate } from '../../../../src/core/safety/gate';
import { Grants } from '../../../../src/core/safety/grants';
import { builtInTools } from '../../../../src/core/tools/builtIn';
import type { BuiltInPorts } from '../../../../src/core/tools/ports';
import { Toolbox } from '../../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../../src/core/tools/toolRunner';
import type { FetchPorts } from '../../../../src/core/tools/web/guardedFetch';
import { ScriptedProvider, type Reply } from '../../../fakes/scriptedProvider';
import { ToolWorld } from '../../tools/worldForTools';

export const templateFolder = resolve(import.meta.dirname, '../../../../media/templates');

/** `media/templates/index.json`. */
export const templateIndex = JSON.parse(readFileSync(join(templateFolder, 'index.json'), 'utf8')) as TemplateIndex;

export function templateText(id: string): string {
	return readFileSync(join(templateFolder, `${id}.flow.json`), 'utf8');
}

/** The templates as the build packs them. */
export const templates: readonly FlowTemplate[] = readTemplates(
	templateIndex.flatMap(({ category, templates: ids }) => ids.map(id => ({ id, category, text: templateText(id) }))),
);

export interface Asked {
	/** The last message: what is asked, or what a tool gave. */
	readonly text: string;
	readonly request: ModelRequest;
	/** From 0: how often this key was asked before. */
	readonly turn: number;
}

/** A call of tools, as a model makes it. */
export class Calls {
	constructor(
		readonly calls: readonly { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[],
	) {}
}

export type Answers = Readonly<Record<string, Json | ((asked: Asked) => Json | Calls)>>;

export interface BenchOptions {
	/** By a part of the prompt. */
	readonly model?: Answers;
	/** Tasks of the Claude CLI, by a part of the prompt. */
	readonly claude?: Readonly<
		Record<string, (request: AgentRequest, turn: number) => Partial<AgentAnswer> | Promise<Partial<AgentAnswer>>>
	>;
	/** Answers of the person, by node. */
	readonly person?: Readonly<Record<string, boolean | string>>;
	readonly inputs?: Readonly<Record<string, Json>>;
	readonly script?: RunServices['script'];
}

export interface BenchRun extends RunResult {
	/** Everything that a model or Claude was asked, in order. */
	readonly asked: readonly string[];
	/** Tools that were called, in order. */
	readonly tools: readonly string[];
	/** Questions of approvals: title and detail. */
	readonly questions: readonly { readonly node: string; readonly title: string; readonly detail: string }[];
	/** What the gate asked a person about. */
	readonly gated: readonly string[];
	readonly notes: readonly string[];
}

const noAnswer: AgentAnswer = { text: '', model: 'claude-sonnet-5', turns: 1 };

/** Runs templates as a user would: the real engine, catalog, gate and tools in a folder of their own. Only the model is a script. */
export class TemplateBench {
	readonly world: ToolWorld;
	readonly #notes: string[] = [];
	readonly #fetchPorts: FetchPorts | undefined;
	readonly #more: Partial<BuiltInPorts>;

	/** Gone when the test ends. */
	static async open(more: Partial<BuiltInPorts> = {}, fetchPorts?: FetchPorts): Promise<TemplateBench> {
		const world = await ToolWorld.make();
		onTestFinished(() => world[Symbol.asyncDispose]());
		return new TemplateBench(world, more, fetchPorts);
	}

	private constructor(world: ToolWorld, more: Partial<BuiltInPorts>, fetchPorts: FetchPorts | undefined) {
		this.world = world;
		this.#more = more;
		this.#fetchPorts = fetchPorts;
	}

	git(...args: readonly string[]): string {
		const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
		return execFileSync('git', [...who, ...args], { cwd: this.world.folder, encoding: 'utf8' });
	}

	/** A repository on `main` with these files in its first commit. */
	async repository(files: Readonly<Record<string, string>>, message = 'Begin'): Promise<void> {
		this.git('init', '-q', '-b', 'main');
		this.git('config', 'user.name', 'Ada');
		this.git('config', 'user.email', 'ada@example.org');
		await this.write(files);
		this.commit(message);
	}

	async write(files: Readonly<Record<string, string>>): Promise<void> {
		for (const [name, content] of Object.entries(files)) await this.world.write(name, content);
	}

	commit(message: string): void {
		this.git('add', '--all');
		this.git('commit', '-q', '--allow-empty', '-m', message);
	}

	read(name: string): string {
		return readFileSync(this.world.path(name), 'utf8');
	}

	async run(id: string, options: BenchOptions = {}): Promise<BenchRun> {
		const template = templates.find(one => one.id === id);
		if (!template) throw new Error(`There is no template ${id}`);
		const asked: string[] = [];
		const tools: string[] = [];
		const questions: { node: string; title: string; detail: string }[] = [];
		const approvals = new Approvals({ journal: () => undefined });
		const consent = new FlagConsent(approvals, 'yellow');
		const gated: string[] = [];
		approvals.onDidAdd(({ tool }) => gated.push(tool));
		const toolbox = new Toolbox();
		toolbox.add(builtInTools({ ...this.world.ports, people: this.#people, ...this.#more }, this.#fetchPorts));
		const grants = new Grants({ load: () => [], save: () => undefined });
		const gate = new Gate({ context: this.world.ports.safety, approvals, grants, journal: () => undefined });
		const runner = new ToolRunner({ toolbox, gate, clock: this.world.ports.clock });
		const service = toolService({ toolbox, runner });
		const provider = new ScriptedProvider('test', request => reply(request, options.model ?? {}, asked));
		const run = await FlowRun.start({
			flow: template.flow,
			catalog: builtInCatalog,
			expressions: expressionEngine,
			world: { flow: () => undefined, tool: name => toolbox.find(name)?.schema },
			cwd: this.world.folder,
			inputs: options.inputs ?? {},
			services: {
				models: modelService({
					providers: { get: () => provider, price: () => ({ cost: toNano(0.001), basis: 'priced' }) },
					defaultModel: () => 'test/small',
				}),
				tools: {
					...service,
					call: (name, input, call) => {
						tools.push(name);
						return service.call(name, input, call);
					},
				},
				agents: claudeOf(options.claude ?? {}, asked),
				...(options.script ? { script: options.script } : {}),
			},
			onEvent: event => {
				if (event.type === 'node.waiting') setImmediate(() => answer(run, options.person ?? {}, questions));
			},
		});
		const result = await run.result;
		for (const owned of [toolbox, approvals, grants]) owned.dispose();
		if (consent.refusals.length > 0 && result.status === 'succeeded')
			throw new Error(`Refused on the way: ${consent.refusals.map(({ reason }) => reason).join(' ')}`);
		return { ...result, asked, tools, questions, gated, notes: this.#notes };
	}

	get #people(): NonNullable<BuiltInPorts['people']> {
		return { notify: text => void this.#notes.push(text) };
	}
}

function reply(request: ModelRequest, answers: Answers, asked: string[]): Reply {
	const parts = request.messages.flatMap(message => ('parts' in message ? message.parts : []));
	const first = request.messages.find(message => message.role === 'user');
	const prompt = first ? first.parts.map(part => (part.type === 'text' ? part.text : '')).join('\n') : '';
	const [key, said] = Object.entries(answers).find(([words]) => prompt.includes(words)) ?? [];
	if (key === undefined || said === undefined) throw new Error(`The script has no answer to: ${prompt.slice(0, 400)}`);
	const turn = asked.filter(text => text.includes(key)).length;
	asked.push(prompt);
	const last = parts.at(-1);
	const text = last?.type === 'text' ? last.text : '';
	const given = typeof said === 'function' ? said({ text, request, turn }) : said;
	if (given instanceof Calls) return { calls: given.calls };
	return { text: typeof given === 'string' ? given : JSON.stringify(given) };
}

function claudeOf(tasks: NonNullable<BenchOptions['claude']>, asked: string[]): AgentService {
	return {
		async run(request, call) {
			const [key, task] = Object.entries(tasks).find(([words]) => request.prompt.includes(words)) ?? [];
			if (key === undefined || !task) throw new Error(`The script has no task for: ${request.prompt.slice(0, 400)}`);
			const turn = asked.filter(text => text.includes(key)).length;
			asked.push(request.prompt);
			const cost = toNano(0.05);
			call.used({ provider: 'claude', model: noAnswer.model, usage: null, cost, basis: 'reported' });
			return { ...noAnswer, ...(await task(request, turn)) };
		},
	};
}

/** The person's word to everything that waits. A node that nobody answers for fails the test by its title. */
function answer(
	run: FlowRun,
	person: Readonly<Record<string, boolean | string>>,
	questions: { node: string; title: string; detail: string }[],
): void {
	for (const { node, ask } of run.waits) {
		const said = person[node];
		questions.push({ node, title: ask.title, detail: ask.detail });
		if (said === undefined) run.stop();
		else run.answer(ask.id, approvalOf(said));
	}
}

function approvalOf(said: boolean | string): WaitAnswer {
	if (typeof said === 'boolean') return { kind: 'approval', isApproved: said, comment: '' };
	return { kind: 'approval', isApproved: true, comment: said };
}
