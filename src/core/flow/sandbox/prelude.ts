/** File names in traces. The prelude's own frames are left out of what the user sees. */
export const preludeFile = 'quarterdeck:prelude';
export const scriptFile = 'script.js';

/**
 * What every program finds when it starts. It runs inside the sandbox: nothing here protects anything, it only makes the
 * one door to the host (`post`, which takes and gives text) look like the functions that authors know.
 */
export const preludeSource = `(post => {
'use strict';
const { parse, stringify } = JSON;
const waiting = new Map(), timers = new Map();
let last = 0;
const ask = (name, argument) => new Promise((resolve, reject) => {
	const id = ++last;
	waiting.set(id, { resolve, reject });
	post('ask', stringify([id, name, argument === undefined ? null : argument]));
});
const settle = (id, isOk, json) => {
	const call = waiting.get(id);
	waiting.delete(id);
	if (!call) return;
	if (isOk) call.resolve(parse(json)); else call.reject(new Error(json));
};
const fire = id => {
	const timer = timers.get(id);
	timers.delete(id);
	if (timer) timer();
};
const show = value => {
	try {
		if (typeof value === 'string') return value;
		if (value instanceof Error) return value.name + ': ' + value.message + (value.stack ? '\\n' + value.stack : '');
		if (typeof value !== 'object' || value === null) return String(value);
		return stringify(value) ?? String(value);
	} catch {
		return '[what cannot be shown]';
	}
};
const log = (...values) => { post('log', values.map(show).join(' ')); };
const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
define('console', { log, info: log, warn: log, error: log, debug: log });
define('setTimeout', (callback, ms = 0, ...values) => {
	if (typeof callback !== 'function') throw new TypeError('setTimeout takes a function');
	const id = ++last;
	timers.set(id, () => callback(...values));
	post('timer', stringify([id, Number(ms) || 0]));
	return id;
});
define('clearTimeout', id => { if (timers.delete(id)) post('clear', stringify(id)); });
const missing = name => () => {
	throw new Error('“' + name + '” is a capability that this script does not have. A node declares it in “capabilities”, and the user grants it.');
};
const doors = { fetch: missing('fetch'), secret: missing('secrets'), files: { read: missing('files'), list: missing('files') } };
const install = () => { for (const name of ['fetch', 'secret', 'files']) define(name, doors[name]); };
install();
const failed = error => {
	try {
		if (error instanceof Error)
			return 'e' + stringify({ name: String(error.name), message: String(error.message).slice(0, 4000), stack: String(error.stack).slice(0, 8000) });
		return 'e' + stringify({ message: show(error).slice(0, 4000) });
	} catch {
		return 'e{"message":"It threw something that cannot be shown."}';
	}
};
const packed = value => {
	if (value === undefined) return 'u';
	let json;
	try {
		json = stringify(value);
	} catch (error) {
		return 's' + stringify(error instanceof Error ? error.message : 'it cannot be written as JSON');
	}
	return json === undefined ? 's' + stringify('a ' + typeof value + ' is no value that can be passed on') : 'v' + json;
};
const settled = work => new Promise(resolve => resolve(work())).then(packed).catch(failed);
const nodeOf = module => {
	const node = module.default;
	if (typeof node !== 'object' || node === null) throw new TypeError('The file must have “export default { type, title, run }”.');
	return node;
};
return {
	settle, fire,
	body: (run, json) => settled(() => run(...parse(json))),
	describe: module => settled(async () => {
		const { run, ...rest } = nodeOf(await module);
		if (typeof run !== 'function') throw new TypeError('The node needs a function “run(inputs, params, context)”.');
		return rest;
	}),
	node: (module, json) => settled(async () => {
		const node = nodeOf(await module);
		const [inputs, params, context] = parse(json);
		return node.run(inputs, params, { ...context, ...doors, log });
	}),
	equip: make => { Object.assign(doors, make(ask, doors)); install(); },
	adapt: change => change(define),
};
})`;

/** What a program finds that was granted something. */
export const doorsSource = `((granted) => (ask, closed) => {
'use strict';
const { parse } = JSON;
const headersOf = pairs => ({
	get: name => pairs[String(name).toLowerCase()] ?? null,
	has: name => String(name).toLowerCase() in pairs,
	entries: () => Object.entries(pairs)[Symbol.iterator](),
	toJSON: () => pairs,
});
const open = {
	fetch: {
		fetch: async (url, options = {}) => {
			const { method = 'GET', headers = {}, body } = options;
			const answer = await ask('fetch', { url: String(url), method, headers, ...(body === undefined ? {} : { body: String(body) }) });
			return {
				url: answer.url, status: answer.status, ok: answer.status >= 200 && answer.status < 300,
				headers: headersOf(answer.headers), text: async () => answer.body, json: async () => parse(answer.body),
			};
		},
	},
	secrets: { secret: name => ask('secrets', String(name)) },
	files: {
		files: {
			read: path => ask('files', { action: 'read', path: String(path) }),
			list: path => ask('files', { action: 'list', path: String(path ?? '.') }),
		},
	},
};
return Object.assign({}, closed, ...granted.map(name => open[name]));
})`;

/** A clock that stands still and chance that repeats itself. */
export const determinismSource = `((now, seed) => define => {
'use strict';
const NativeDate = Date;
let state = seed >>> 0;
Math.random = () => {
	state = (state + 0x6d2b79f5) >>> 0;
	let mixed = Math.imul(state ^ (state >>> 15), state | 1);
	mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
	return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
const Fixed = function Date(...parts) {
	if (!new.target) return new NativeDate(now).toString();
	return Reflect.construct(NativeDate, parts.length === 0 ? [now] : parts, new.target);
};
Fixed.prototype = NativeDate.prototype;
NativeDate.prototype.constructor = Fixed;
Object.assign(Fixed, { now: () => now, parse: NativeDate.parse, UTC: NativeDate.UTC });
define('Date', Fixed);
})`;
