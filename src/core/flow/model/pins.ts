import type { Json } from '../../base/json';
import { LineMap } from './lineMap';
import { keysOf } from './normalise';
import { printValue } from './print';
import { fromDocument } from './lines';
import { isSlug } from './slugs';
import { syntaxProblems, scanText } from './syntax';

/** Outputs by port that stand in for a run of the node. */
export interface Pin {
	readonly outputs: Readonly<Record<string, Json>>;
	/** `false`: kept, but the node runs. */
	readonly isOn: boolean;
}

/** What `*.flow.pins.json` beside a flow holds. It is for Git too: no time, no run, no machine in it. */
export interface Pins {
	readonly pins: Readonly<Record<string, Pin>>;
}

export const pinsFormat = 1;
export const noPins: Pins = { pins: {} };

/** The file beside a flow: `review.flow.json` → `review.flow.pins.json`. */
export function pinsPath(flowPath: string): string {
	return flowPath.replace(/(?:\.flow)?\.json$/, '') + '.flow.pins.json';
}

export type PinsParse =
	| { readonly pins: Pins }
	/** Counted from 0. */
	| { readonly pins: undefined; readonly message: string; readonly line: number };

const maxLength = 64 * 1024 * 1024;
const maxDepth = 400;

function wrong(message: string, line = 0): PinsParse {
	return { pins: undefined, message, line };
}

/** Reads the sidecar. A file that is not there is `noPins`, which the caller knows; one that is broken is told. */
export function parsePins(text: string): PinsParse {
	if (text.length > maxLength) return wrong(`The pinned values take more than ${maxLength / 1024 / 1024} MB.`);
	if (scanText(text).depth > maxDepth) return wrong('The pinned values are nested too deeply.');
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		const [problem] = syntaxProblems(text);
		return wrong(problem?.message ?? 'This is not JSON.', problem?.range?.line ?? 0);
	}
	if (!isObject(raw)) return wrong('Pinned values are an object that begins with "pins": 1.');
	if (raw['pins'] !== pinsFormat) {
		const isNewer = typeof raw['pins'] === 'number' && raw['pins'] > pinsFormat;
		return wrong(
			isNewer
				? `These pinned values have the format ${String(raw['pins'])}; update the extension to read them.`
				: `The key "pins" with the number of the format is missing: "pins": ${pinsFormat}.`,
		);
	}
	const nodes = raw['nodes'] ?? {};
	if (!isObject(nodes)) return wrong('"nodes" must be an object.');
	const pins: Record<string, Pin> = {};
	for (const id of keysOf(nodes)) {
		const pin = nodes[id];
		const outputs = isObject(pin) ? pin['outputs'] : undefined;
		if (!isSlug(id) || !isObject(pin) || !isObject(outputs)) {
			const at = text.indexOf(JSON.stringify(id));
			return wrong(
				`The pin of "${id}" must be an object with "outputs" by port.`,
				at < 0 ? 0 : new LineMap(text).range(at, 1).line,
			);
		}
		const values = Object.entries(outputs).map(([port, value]) => [port, fromDocument(value as Json)] as const);
		pins[id] = { outputs: Object.fromEntries(values), isOn: pin['off'] !== true };
	}
	return { pins: { pins } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one text of these pins, as `printFlow` would write it: sorted, long texts as lists of lines. */
export function printPins({ pins }: Pins): string {
	const nodes = keysOf(pins).map(id => {
		const { outputs, isOn } = pins[id]!;
		const ports = keysOf(outputs).map(
			port => `        ${JSON.stringify(port)}: ${printValue(outputs[port]!, '        ')}`,
		);
		const values = ports.length === 0 ? '{}' : `{\n${ports.join(',\n')}\n      }`;
		const off = isOn ? '' : '      "off": true,\n';
		return `    ${JSON.stringify(id)}: {\n${off}      "outputs": ${values}\n    }`;
	});
	const body = nodes.length === 0 ? '{}' : `{\n${nodes.join(',\n')}\n  }`;
	return `{\n  "pins": ${pinsFormat},\n  "nodes": ${body}\n}\n`;
}
