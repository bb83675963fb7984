import { describe, expect, test, vi } from 'vitest';
import { ControlChannel } from '../../../src/core/claude/control';
import { toHookResponse, toPermissionRequest, toPermissionResponse } from '../../../src/core/claude/requests';

type Frame = Readonly<Record<string, unknown>>;

function channel(answer: (request: Frame, signal: AbortSignal) => Promise<Frame> = () => Promise.resolve({})): {
	control: ControlChannel;
	written: Frame[];
} {
	const written: Frame[] = [];
	return { control: new ControlChannel({ write: frame => written.push(frame), answer }), written };
}
const respond = (id: unknown, over: Frame = {}): Frame => ({
	type: 'control_response',
	response: { subtype: 'success', request_id: id, ...over },
});
const ask = (id: string, request: Frame = { subtype: 'can_use_tool' }): Frame => ({
	type: 'control_request',
	request_id: id,
	request,
});

describe('control requests', () => {
	test('answers find their question, refusals keep their text, echoes are ignored', async () => {
		const { control, written } = channel();
		const first = control.request('set_model', { model: 'x' }, 1000);
		const second = control.request('nonsense', {}, 1000);
		expect(written[0]).toEqual({
			type: 'control_request',
			request_id: written[0]?.['request_id'],
			request: { subtype: 'set_model', model: 'x' },
		});
		expect(control.handle(respond('somebody-else'))).toBe(true);
		control.handle({
			type: 'control_response',
			response: { subtype: 'error', request_id: written[1]?.['request_id'], error: 'Unsupported' },
		});
		control.handle(respond(written[0]?.['request_id'], { response: { model: 'x' } }));
		expect(await first).toEqual({ model: 'x' });
		await expect(second).rejects.toMatchObject({
			code: 'refused',
			message: expect.stringContaining('Unsupported') as string,
		});
	});

	test('a question without an answer times out, and the end of the process settles the rest', async () => {
		vi.useFakeTimers();
		const { control } = channel();
		const late = control.request('get_usage', {}, 15_000);
		const caught = expect(late).rejects.toMatchObject({ code: 'timeout' });
		await vi.advanceTimersByTimeAsync(15_000);
		await caught;
		vi.useRealTimers();
		const open = control.request('get_usage', {}, 15_000);
		control.end();
		await expect(open).rejects.toMatchObject({ code: 'ended' });
		await expect(control.request('get_usage', {}, 15_000)).rejects.toMatchObject({ code: 'ended' });
	});

	test('a question of the CLI is answered once, and not at all when it was taken back', async () => {
		const signals: AbortSignal[] = [];
		let answer: ((frame: Frame) => void) | undefined;
		const { control, written } = channel((_, signal) => {
			signals.push(signal);
			return new Promise(resolve => (answer = resolve));
		});
		control.handle(ask('a'));
		control.handle(ask('a'));
		expect(signals.length).toBe(1);
		answer?.({ behavior: 'allow' });
		await vi.waitFor(() => expect(written).toEqual([respond('a', { response: { behavior: 'allow' } })]));
		control.handle(ask('b'));
		control.handle({ type: 'control_cancel_request', request_id: 'b' });
		expect(signals[1]?.aborted).toBe(true);
		answer?.({ behavior: 'allow' });
		control.handle(ask('c'));
		control.end();
		expect(signals[2]?.aborted).toBe(true);
		await Promise.resolve();
		expect(written.length).toBe(1);
	});

	test('a failing answer is sent as an error; other frames are left to the session', async () => {
		const { control, written } = channel(() => Promise.reject(new Error('no handler')));
		control.handle(ask('a'));
		await vi.waitFor(() =>
			expect(written).toEqual([
				{ type: 'control_response', response: { subtype: 'error', request_id: 'a', error: 'no handler' } },
			]),
		);
		expect([control.handle({ type: 'assistant' }), control.handle({ type: 'keep_alive' })]).toEqual([false, true]);
	});
});

describe('permission requests', () => {
	const signal = new AbortController().signal;

	test('are read with what a version may leave out, and without escapes', () => {
		const request = {
			tool_name: 'Bash',
			input: { command: 'x' },
			tool_use_id: 't',
			decision_reason: '\u001B[31mred\u001B[0m',
			classifier_approvable: false,
		};
		expect(toPermissionRequest(request, signal)).toEqual({
			toolName: 'Bash',
			input: { command: 'x' },
			toolUseId: 't',
			title: null,
			description: null,
			suggestions: [],
			decisionReason: 'red',
			decisionReasonType: null,
			isManualOnly: true,
			blockedPath: null,
			agentId: null,
			signal,
		});
	});

	test('are answered with the input, changed or not', () => {
		const request = toPermissionRequest({ tool_name: 'Bash', input: { command: 'x' }, tool_use_id: 't' }, signal);
		expect(toPermissionResponse(request, { behavior: 'allow' })).toEqual({
			behavior: 'allow',
			updatedInput: { command: 'x' },
			toolUseID: 't',
		});
		expect(toPermissionResponse(request, { behavior: 'deny', message: 'no', interrupt: true })).toEqual({
			behavior: 'deny',
			message: 'no',
			interrupt: true,
			toolUseID: 't',
		});
	});

	test('a hook passes with an empty answer, and never allows', () => {
		expect(toHookResponse('pass')).toEqual({});
		expect(toHookResponse({ decision: 'ask', reason: 'r' })).toEqual({
			hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'ask', permissionDecisionReason: 'r' },
		});
	});
});
