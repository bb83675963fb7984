import { z } from 'zod';
import type { Json } from '../../../base/json';
import type { ExpectedError } from '../../../base/errors';
import type { NodeContext } from '../context';
import { defineNode, type PortValues } from '../nodeType';
import { anything, choice, count, flag, text, textMap } from '../params';
import { after, asText, callTool, failure, isRecord, port, textAt, wait } from '../support';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const contentTypes = {
	json: 'application/json',
	form: 'application/x-www-form-urlencoded',
	text: 'text/plain; charset=utf-8',
	xml: 'application/xml',
	html: 'text/html; charset=utf-8',
	none: '',
} as const;

const authKinds = ['none', 'bearer', 'apiKey', 'basic', 'custom'] as const;

const params = z.object({
	method: choice('Method', 'What is asked of the server.', methods),
	url: text('Address', 'With https:// or http://; empty when it is connected.'),
	query: textMap('Query', 'Added to the address, encoded.'),
	headers: textMap('Headers', 'By name. No secrets: see *Sign in*.'),
	bodyType: choice('Body as', 'How the body is written.', ['json', 'form', 'text', 'xml', 'html', 'none']),
	body: anything('Body', 'A value for JSON, names and values for a form, or a text.'),
	responseType: choice('Answer as', '`auto` by what the server says it is.', ['auto', 'json', 'text', 'base64']),
	auth: choice('Sign in', 'With a secret of yours, which stands nowhere in the flow.', authKinds),
	secret: text('Secret', 'Its name. For `basic` it holds `user:password`.', { widget: 'secret' }),
	authHeader: text('Header', 'For `apiKey` and `custom`: its name.', { default: 'X-API-Key', isAdvanced: true }),
	retries: count(
		'Tries again',
		'After a server’s error or none at all; only what may be asked twice, see below.',
		{ min: 0, max: 10, default: 0 },
		{ isAdvanced: true },
	),
	timeoutSeconds: count('Seconds', 'For one answer.', { min: 1, max: 600, default: 30 }, { isAdvanced: true }),
	isFailingOnStatus: flag(
		'Fails on errors',
		'A status from 400 fails the node; else it comes out like any other.',
		true,
	),
});

type Params = z.output<typeof params>;

export const httpRequest = defineNode({
	type: 'http.request',
	version: 1,
	title: 'HTTP Request',
	category: 'Network',
	icon: 'globe',
	summary: 'Asks a web server and gives its answer',
	help: 'Sends a request to a public address and gives status, headers and body, JSON as a value. The call passes the gate: reading is one thing, sending asks you. Keys come from named secrets. Only GET, HEAD, OPTIONS, PUT and DELETE are tried again by themselves. Example: GET `https://api.github.com/repos/{{ flow.repo }}/issues`, signed in with `bearer` and the secret `github`.',
	aliases: ['api-request', 'API Request', 'Fetch', 'REST', 'Webhook call', 'util-http-request', 'GraphQL', 'curl'],
	params,
	ports: {
		inputs: [
			port('url', 'Address', 'text'),
			port('body', 'Body', 'any'),
			port('headers', 'Headers', 'object'),
			port('query', 'Query', 'object'),
			after,
		],
		outputs: [
			port('body', 'Body', 'any'),
			port('status', 'Status', 'number'),
			port('headers', 'Headers', 'object'),
			port('isOk', 'Ok', 'boolean', { description: 'Whether the status is from 200 to 299' }),
			port('url', 'Address', 'text', { description: 'That answered, after redirects' }),
		],
	},
	effects: 'writes',
	isIdempotent: ({ method }) => canRepeat(method),
	run: (inputs, given, context) => request(inputs, given, context),
});

function canRepeat(method: string): boolean {
	return method !== 'POST' && method !== 'PATCH';
}

async function request(inputs: PortValues, given: Params, context: NodeContext): Promise<PortValues> {
	const { input, secrets } = await requestOf(inputs, given, context);
	const tries = canRepeat(given.method) ? given.retries : 0;
	for (let attempt = 0; ; attempt++) {
		const { value, text: said, isError } = await callTool(context, 'quarterdeck_http_request', input, secrets);
		const isAnswered = !isError && isRecord(value);
		const status = isAnswered && typeof value['status'] === 'number' ? value['status'] : 0;
		const isTemporary = !isAnswered || status >= 500 || status === 429;
		if (isTemporary && attempt < tries) {
			context.log(`${isAnswered ? `Status ${status}` : said}: tried again in ${2 ** attempt} s`);
			await wait(context, 1000 * 2 ** attempt);
			continue;
		}
		if (!isAnswered) throw failure('tool', said);
		const answer = answerOf(value, given.responseType);
		if (status >= 400 && given.isFailingOnStatus) throw statusFailure(given.method, answer);
		return answer;
	}
}

async function requestOf(
	inputs: PortValues,
	given: Params,
	context: NodeContext,
): Promise<{ readonly input: Readonly<Record<string, Json>>; readonly secrets: Readonly<Record<string, string>> }> {
	const address = textAt(inputs, 'url') || given.url;
	if (address === '') throw failure('input', 'Which address? Set one, or connect one.');
	const headers: Record<string, string> = { ...given.headers, ...textsOf(inputs['headers'], 'headers') };
	const secrets: Record<string, string> = {};
	if (given.auth !== 'none') {
		if (given.secret === '') throw failure('input', 'Which secret? Name the one to sign in with.');
		const value = await context.secret(given.secret);
		secrets['auth'] = given.auth === 'basic' ? Buffer.from(value, 'utf8').toString('base64') : value;
		headers[given.auth === 'apiKey' || given.auth === 'custom' ? given.authHeader : 'Authorization'] =
			schemes[given.auth];
	}
	const body = inputs['body'] === undefined ? (given.body as Json | undefined) : inputs['body'];
	const hasBody = body !== undefined && given.method !== 'GET' && given.method !== 'HEAD' && given.bodyType !== 'none';
	const hasType = Object.keys(headers).some(name => name.toLowerCase() === 'content-type');
	if (hasBody && !hasType) headers['Content-Type'] = contentTypes[given.bodyType];
	return {
		input: {
			method: given.method,
			url: withQuery(address, { ...given.query, ...textsOf(inputs['query'], 'query') }),
			headers,
			timeout_seconds: given.timeoutSeconds,
			...(hasBody ? { body: bodyText(body, given.bodyType) } : {}),
		},
		secrets,
	};
}

/** Only the tool puts the secret in: neither the gate nor a journal sees it. */
const schemes = {
	bearer: 'Bearer ${secret:auth}',
	basic: 'Basic ${secret:auth}',
	apiKey: '${secret:auth}',
	custom: '${secret:auth}',
} as const;

function textsOf(value: Json | undefined, name: string): Readonly<Record<string, string>> {
	if (value === undefined || value === null) return {};
	if (!isRecord(value)) throw failure('input', `“${name}” needs an object of names and values.`);
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, part]) => (part === null ? [] : [[key, asText(part)]])),
	);
}

function withQuery(address: string, query: Readonly<Record<string, string>>): string {
	if (Object.keys(query).length === 0) return address;
	if (!URL.canParse(address)) throw failure('input', `“${address}” is no web address.`);
	const url = new URL(address);
	for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
	return url.href;
}

function bodyText(body: Json, type: keyof typeof contentTypes): string {
	if (type === 'json') return typeof body === 'string' && isJson(body) ? body : JSON.stringify(body);
	if (type === 'form' && isRecord(body)) return new URLSearchParams(textsOf(body, 'body')).toString();
	return asText(body);
}

/** A text that is JSON already is sent as it is, not as a text in quotes. */
function isJson(written: string): boolean {
	try {
		JSON.parse(written);
		return true;
	} catch {
		return false;
	}
}

function answerOf(value: { readonly [key: string]: Json }, type: Params['responseType']): PortValues {
	const status = typeof value['status'] === 'number' ? value['status'] : 0;
	const base = {
		status,
		headers: value['headers'] ?? {},
		isOk: status >= 200 && status < 300,
		url: value['url'] ?? '',
	};
	const bytes = asText(value['base64'] ?? '');
	const said = value['text'] === undefined ? undefined : asText(value['text']);
	if (type === 'base64')
		return { ...base, body: bytes === '' && said !== undefined ? Buffer.from(said, 'utf8').toString('base64') : bytes };
	if (said === undefined) {
		if (type === 'auto') return { ...base, body: bytes };
		throw failure('answer', 'The answer is no text. Take it as base64.');
	}
	const isJsonType = /[/+]json\b/iu.test(asText(value['contentType'] ?? ''));
	if (type === 'text' || (type === 'auto' && !isJsonType)) return { ...base, body: said };
	// No body at all, as of 204, is no broken JSON.
	if (said.trim() === '') return { ...base, body: null };
	try {
		return { ...base, body: JSON.parse(said) as Json };
	} catch {
		if (type === 'auto') return { ...base, body: said };
		throw failure('answer', `The answer is no JSON: ${said.slice(0, 200)}`);
	}
}

function statusFailure(method: string, { status, url, body, headers }: PortValues): ExpectedError {
	const after = isRecord(headers) ? Number(headers['retry-after']) : Number.NaN;
	const shown = asText(body ?? '').slice(0, 300);
	return failure(
		'failed',
		`${method} ${asText(url ?? '')} was answered with status ${asText(status ?? 0)}${shown === '' ? '.' : `: ${shown}`}`,
		{
			status,
			body,
			...(Number.isFinite(after) ? { retryAfterMs: after * 1000 } : {}),
		},
	);
}
