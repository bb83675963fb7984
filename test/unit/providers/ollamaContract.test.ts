import { everything } from '../../fakes/ollama/server';
import { providerContract } from './contract';
import { ollamaWorld } from './ollamaWorld';

const status = (code: number, error: string, headers: Readonly<Record<string, string>> = {}) =>
	({ fault: { type: 'status', status: code, body: { error }, headers } }) as const;

providerContract({
	name: 'Ollama',
	make: async ({ silenceMs } = {}) => {
		const { server, provider, stop } = await ollamaWorld(
			silenceMs === undefined ? {} : { silence: { firstByteMs: silenceMs, gapMs: silenceMs } },
		);
		return {
			provider,
			model: everything.name,
			seen: server.seen,
			respond: responder => server.respond(responder),
			redirectTo: url => server.redirectTo(url),
			stop,
		};
	},
	models: [everything.name],
	canThink: true,
	answersBy: 'name',
	invalidArguments: 'bad-answer',
	errors: [
		{ code: 'no-model', says: /does not have the model/, reply: status(404, "model 'qwen3:4b' not found") },
		{
			code: 'no-tools',
			says: /cannot call tools/,
			reply: status(400, 'registry.ollama.ai/library/x does not support tools'),
		},
		{
			code: 'no-images',
			says: /cannot read pictures/,
			reply: status(400, 'this model is missing data required for image input'),
		},
		{ code: 'too-long', says: /longer than/, reply: status(400, 'the input length exceeds the context length') },
		{ code: 'no-key', says: /wants a key/, reply: status(401, 'unauthorized') },
		{
			code: 'no-quota',
			says: /used up/,
			reply: status(429, 'you have reached your hourly usage limit, please upgrade to continue'),
		},
		{ code: 'rate-limited', says: /too many requests/, reply: status(429, 'too many concurrent requests') },
		{
			code: 'overloaded',
			says: /server busy/,
			reply: status(503, 'server busy, please try again.  maximum pending requests exceeded'),
		},
		{
			code: 'overloaded',
			says: /more system memory/,
			reply: status(500, 'model requires more system memory (9.9 GiB) than is available (7.1 GiB)'),
		},
		{ code: 'bad-request', says: /invalid option/, reply: status(400, 'invalid option provided') },
		{
			code: 'bad-answer',
			says: /is not Ollama/,
			reply: { fault: { type: 'status', status: 404, body: '404 page not found' } },
		},
		{
			code: 'cut-off',
			says: /unexpected EOF/,
			reply: {
				text: ['He'],
				fault: { type: 'error', message: 'an error was encountered while running the model: unexpected EOF' },
			},
		},
		{
			code: 'overloaded',
			says: /terminated/,
			reply: { fault: { type: 'error', message: 'llama runner process has terminated: signal: killed' } },
		},
	],
});
