import * as vscode from 'vscode';
import type { Json } from '../../core/base/json';
import { isOfKind } from '../../core/flow/model/kinds';
import type { Flow, FlowInput } from '../../core/flow/model/flow';
import { askText } from '../host/askText';
import { workspaceFolders } from '../host/workspace';
import { asWritten } from './files';

type Values = Readonly<Record<string, Json>>;

/**
 * Asks for what a run must be given: inputs without a default. What was given last is proposed. `undefined` when the
 * user cancels.
 */
export async function askInputs(flow: Flow, last: Values | undefined): Promise<Values | undefined> {
	const wanted = Object.entries(flow.inputs).filter(([, input]) => input.default === undefined);
	const given: Record<string, Json> = {};
	for (const [at, [name, input]] of wanted.entries()) {
		const title = `${flow.name}: ${name}${wanted.length > 1 ? ` (${at + 1} of ${wanted.length})` : ''}`;
		const value = await ask(title, input, last?.[name]);
		if (value === undefined) return undefined;
		given[name] = value;
	}
	return given;
}

/** What was given last, as far as the flow still takes it; `undefined` when something is missing. */
export function reusable(flow: Flow, last: Values | undefined): Values | undefined {
	if (!last) return undefined;
	const kept = Object.entries(last).filter(
		([name, value]) => Object.hasOwn(flow.inputs, name) && isOfKind(value, flow.inputs[name]!.type),
	);
	const has = new Set(kept.map(([name]) => name));
	const isWhole = Object.entries(flow.inputs).every(([name, input]) => has.has(name) || input.default !== undefined);
	return isWhole ? Object.fromEntries(kept) : undefined;
}

function ask(title: string, input: FlowInput, last: Json | undefined): Promise<Json | undefined> {
	if (input.type === 'boolean') return askBoolean(title, input);
	if (input.type === 'file' || input.type === 'image') return askFile(title);
	return askTextInput(title, input, last);
}

async function askBoolean(title: string, { description = '' }: FlowInput): Promise<Json | undefined> {
	const choices = [
		{ label: 'Yes', value: true },
		{ label: 'No', value: false },
	];
	return (await vscode.window.showQuickPick(choices, { title, placeHolder: description }))?.value;
}

async function askFile(title: string): Promise<Json | undefined> {
	const folder = workspaceFolders()[0];
	const [file] =
		(await vscode.window.showOpenDialog({
			title,
			openLabel: 'Use',
			...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(folder) }),
		})) ?? [];
	if (!file) return undefined;
	const written = folder === undefined ? '..' : asWritten(folder, file.fsPath);
	return written.startsWith('..') ? file.fsPath : written;
}

async function askTextInput(title: string, input: FlowInput, last: Json | undefined): Promise<Json | undefined> {
	const { type, description } = input;
	const text = await askText({
		title,
		prompt: description ?? hints[type] ?? '',
		value: last === undefined ? '' : typeof last === 'string' ? last : JSON.stringify(last),
		validateInput: value => problemOf(type, value),
	});
	return text === undefined ? undefined : read(type, text);
}

const hints: Partial<Record<FlowInput['type'], string>> = {
	number: 'A number',
	object: 'JSON: an object',
	list: 'JSON: a list',
	any: 'A text, or JSON',
};

function problemOf(type: FlowInput['type'], text: string): string | undefined {
	if (type === 'text' || type === 'any') return undefined;
	const value = read(type, text);
	return value !== undefined && isOfKind(value, type) ? undefined : `This is not ${hints[type] ?? type}.`;
}

function read(type: FlowInput['type'], text: string): Json | undefined {
	if (type === 'text') return text;
	try {
		return JSON.parse(text) as Json;
	} catch {
		// Told while it is typed, or a text after all.
		return type === 'any' ? text : undefined;
	}
}
