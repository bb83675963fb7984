import type { FakeReply } from '../modelReply';

type Says = Readonly<Record<string, string>>;

function status(code: number, body: object | string, headers: Says = {}): FakeReply {
	return { fault: { type: 'status', status: code, body, headers } };
}

const openai = (code: number, message: string, more: object, headers: Says = {}): FakeReply =>
	status(code, { error: { message, param: null, ...more } }, headers);

/** Refusals as the real servers send them. */
export const refusals = {
	wrongKey: openai(
		401,
		'Incorrect API key provided: sk-bad. You can find your API key at https://platform.openai.com/account/api-keys.',
		{
			type: 'invalid_request_error',
			code: 'invalid_api_key',
		},
	),
	noModel: openai(404, 'The model `gpt-nope` does not exist or you do not have access to it.', {
		type: 'invalid_request_error',
		code: 'model_not_found',
	}),
	noQuota: openai(429, 'You exceeded your current quota, please check your plan and billing details.', {
		type: 'insufficient_quota',
		code: 'insufficient_quota',
	}),
	rateLimited: openai(
		429,
		'Rate limit reached for gpt-4.1 in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.',
		{ type: 'requests', code: 'rate_limit_exceeded' },
		{ 'retry-after': '20', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' },
	),
	tooLong: openai(
		400,
		"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
		{ type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
	),
	llamaCppTooLong: status(400, {
		error: {
			code: 400,
			message: 'the request exceeds the available context size, try increasing it',
			type: 'exceed_context_size_error',
			n_prompt_tokens: 9000,
			n_ctx: 4096,
		},
	}),
	filtered: openai(
		400,
		"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
		{ type: null, param: 'prompt', code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } },
	),
	overloaded: openai(
		503,
		'The engine is currently overloaded, please try again later',
		{ type: 'server_error', code: null },
		{ 'retry-after': '2' },
	),
	loading: status(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }),
	noTools: status(404, {
		error: {
			message:
				'No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs',
			code: 404,
		},
	}),
	vllmNoTools: status(400, {
		object: 'error',
		message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
		type: 'BadRequestError',
		param: null,
		code: 400,
	}),
	noImages: status(404, { error: { message: 'No endpoints found that support image input', code: 404 } }),
	noCredit: status(402, {
		error: { message: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', code: 402 },
	}),
	googleKey: status(400, [
		{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
	]),
	googleRate: status(429, [
		{
			error: {
				code: 429,
				message:
					'You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
				status: 'RESOURCE_EXHAUSTED',
				details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }],
			},
		},
	]),
	proxyPage: status(502, '<html><head><title>502 Bad Gateway</title></head></html>', { 'content-type': 'text/html' }),
} as const;
