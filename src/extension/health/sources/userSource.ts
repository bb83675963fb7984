import { isAbsolute, join, normalize } from 'node:path';
import { homedir } from 'node:os';
import type { LookupFunction } from 'node:net';
import type { Clock } from '../../../core/base/clock';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import { boundLookup, type FindAddresses } from '../../../core/health/checks/boundLookup';
import { checkCommand, type CommandCheck } from '../../../core/health/checks/command';
import { checkFile } from '../../../core/health/checks/file';
import { checkHttp } from '../../../core/health/checks/http';
import { checkTcp } from '../../../core/health/checks/tcp';
import type { CheckResult, WatchedService } from '../../../core/health/service';
import { readServices, resolveNeeds, type SettingProblem, type UserService } from '../../../core/health/userServices';
import { isLoopback } from '../../../core/providers/connection';
import type { ProcessSupervisor } from '../../../core/process/supervisor';
import type { ToolCall } from '../../../core/safety/approval';
import type { Gate } from '../../../core/safety/gate';
import { isPublicAddress } from '../../../core/tools/web/addresses';
import type { Host } from '../../host/context';
import { workspaceFolders } from '../../host/workspace';

export interface UserSourceDeps {
	readonly host: Host;
	readonly supervisor: () => Promise<ProcessSupervisor>;
	readonly gate: () => Promise<Gate>;
	/** Services that an entry may need, beside those of the setting. */
	readonly others: () => readonly WatchedService[];
	/** How names are looked up; the system's way unless said otherwise. */
	readonly findAddresses?: FindAddresses;
}

/** The services of the setting. */
export class UserSource extends Owner {
	readonly #deps: UserSourceDeps;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	#services: readonly WatchedService[] = [];
	#problems: readonly SettingProblem[] = [];
	#read = '';
	/** Commands that the gate has let pass and that were recorded. */
	readonly #passed = new Set<string>();
	/** Commands that a person was asked for, so that the next look runs them. */
	readonly #asking = new Set<string>();

	constructor(deps: UserSourceDeps) {
		super();
		this.#deps = deps;
		this.own(
			deps.host.settings.onDidChange(keys => {
				if (keys.has('health.services')) this.#changed.fire();
			}),
		);
	}

	get problems(): readonly SettingProblem[] {
		return this.#problems;
	}

	/** The services as the setting has them now; the same objects while nothing changed. */
	services(): readonly WatchedService[] {
		const [user, workspace] = this.#deps.host.settings.byPlace('health.services');
		const others = this.#deps.others().map(({ id, name }) => ({ id, name }));
		const text = JSON.stringify([user, workspace, others]);
		if (text === this.#read) return this.#services;
		this.#read = text;
		const own = readServices(user, 'user');
		const brought = readServices(workspace, 'workspace');
		const names = new Set(own.services.map(({ id }) => id));
		const all = [...own.services, ...brought.services.filter(({ id }) => !names.has(id))];
		const { services, problems } = resolveNeeds(all, others);
		this.#problems = [...own.problems, ...brought.problems, ...problems];
		this.#services = services.map(service => this.#watched(service));
		return this.#services;
	}

	/** Somebody looks by hand: the next look may ask for a command of a workspace's settings. */
	askFor(id: string): void {
		this.#asking.add(id);
	}

	#watched(service: UserService): WatchedService {
		const { id, name, needs, policy, check, place } = service;
		return {
			id,
			name,
			kind: check.kind,
			needs,
			policy,
			isExpected: true,
			isOfWindow: place === 'workspace',
			actions: () => [],
			check: signal => this.#check(service, signal),
		};
	}

	#check(service: UserService, signal: AbortSignal): Promise<CheckResult> {
		const { check, place } = service;
		const { clock } = this.#deps.host;
		switch (check.kind) {
			case 'http':
				return checkHttp({ ...check, ...this.#bound(place, check.url) }, clock, signal);
			case 'tcp':
				return checkTcp({ ...check, ...this.#bound(place, `http://${check.host}`) }, clock, signal);
			case 'file':
				return checkFile({ ...check, path: placed(check.path) }, clock, signal);
			default:
				return this.#checkCommand(service, { ...check, cwd: placed(check.cwd ?? '.') }, clock, signal);
		}
	}

	/** What a workspace brings ends where its name says: on this machine, or on the public internet. */
	#bound(place: UserService['place'], url: string): { readonly lookup?: LookupFunction } {
		if (place === 'user') return {};
		return { lookup: boundLookup(isLoopback(url) ? isOwnAddress : isPublicAddress, this.#deps.findAddresses) };
	}

	async #checkCommand(
		service: UserService,
		check: CommandCheck,
		clock: Clock,
		signal: AbortSignal,
	): Promise<CheckResult> {
		const refusal = await this.#refusal(service, check, signal);
		if (refusal !== null) return { outcome: 'unsure', text: refusal, latencyMs: null };
		const supervisor = await this.#deps.supervisor();
		const ports = { spawn: () => Promise.resolve(supervisor.spawn.bind(supervisor)), environment: process.env };
		return checkCommand(check, ports, clock, signal);
	}

	/**
	 * Why a command is not run. What the gate never allows is never run; what a workspace brings is run when the gate lets
	 * it pass or a grant covers it, and asked about only when somebody looks by hand.
	 */
	async #refusal({ id, name, place }: UserService, check: CommandCheck, signal: AbortSignal): Promise<string | null> {
		const gate = await this.#deps.gate();
		const line = [check.command, ...check.args].map(quoted).join(' ');
		const call: ToolCall = { tool: 'quarterdeck_run_command', input: { command: line }, cwd: check.cwd };
		const classification = gate.classify(call);
		const { tier, reasons } = classification;
		if (tier === 'BLACK') return `It is not run: ${reasons[0] ?? 'this is never allowed'}.`;
		const origin = { conversation: null, asker: `Health check of ${name}`, execution: null, step: null };
		const isAsked = this.#asking.delete(id);
		const grant = gate.grantFor(classification, origin);
		if (place === 'user' || tier === 'GREEN' || grant !== undefined) {
			// Once a window: a line for each look would drown the journal.
			if (!this.#passed.has(line))
				gate.record(call, classification, origin, 'allowed', place === 'user' ? 'settings' : (grant ?? 'policy'));
			this.#passed.add(line);
			return null;
		}
		if (!isAsked) return 'It comes with this workspace, and you have not allowed its command. Check it to be asked.';
		const verdict = await gate.authorize(call, origin, signal);
		return verdict.isAllowed ? null : `It is not run: ${verdict.reason}`;
	}
}

function isOwnAddress(address: string): boolean {
	return address === '::1' || address.startsWith('127.');
}

function placed(path: string): string {
	const home = /^~(?=$|[/\\])/u.test(path) ? join(homedir(), path.slice(1)) : path;
	return isAbsolute(home) ? normalize(home) : join(workspaceFolders()[0] ?? homedir(), home);
}

function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
