import { isFrame } from './control';
import type { HookAnswer, HookCall, PermissionRequest, PermissionResult, PermissionUpdate } from './session';

type Frame = Readonly<Record<string, unknown>>;

/** Reads a `can_use_tool` request. */
export function toPermissionRequest(request: Frame, signal: AbortSignal): PermissionRequest {
	const reasonType = text(request['decision_reason_type']);
	return {
		toolName: text(request['tool_name']) ?? '',
		input: isFrame(request['input']) ? request['input'] : {},
		toolUseId: text(request['tool_use_id']) ?? '',
		title: text(request['title']),
		description: text(request['description']),
		suggestions: Array.isArray(request['permission_suggestions'])
			? (request['permission_suggestions'] as readonly PermissionUpdate[])
			: [],
		decisionReason: withoutEscapes(text(request['decision_reason'])),
		decisionReasonType: reasonType,
		isManualOnly:
			request['classifier_approvable'] === false || request['default_to_no'] === true || reasonType === 'safetyCheck',
		blockedPath: text(request['blocked_path']),
		agentId: text(request['agent_id']),
		signal,
	};
}

/** The answer to `can_use_tool` as the CLI reads it. */
export function toPermissionResponse(request: PermissionRequest, result: PermissionResult): Frame {
	if (result.behavior === 'deny') return { ...result, toolUseID: request.toolUseId };
	// Older versions need the input even when it did not change.
	return { ...result, updatedInput: result.updatedInput ?? request.input, toolUseID: request.toolUseId };
}

/** Reads the `input` of a `PreToolUse` hook callback. */
export function toHookCall(input: Frame, signal: AbortSignal): HookCall {
	return {
		toolName: text(input['tool_name']) ?? '',
		input: isFrame(input['tool_input']) ? input['tool_input'] : {},
		toolUseId: text(input['tool_use_id']) ?? '',
		sessionId: text(input['session_id']) ?? '',
		cwd: text(input['cwd']) ?? '',
		permissionMode: text(input['permission_mode']) ?? 'default',
		agentId: text(input['agent_id']),
		agentType: text(input['agent_type']),
		signal,
	};
}

/** A hook's answer as the CLI reads it. Never `allow`: in plan mode older versions would then run what changes things. */
export function toHookResponse(answer: HookAnswer): Frame {
	if (answer === 'pass') return {};
	return {
		hookSpecificOutput: {
			hookEventName: 'PreToolUse',
			permissionDecision: answer.decision,
			permissionDecisionReason: answer.reason,
		},
	};
}

function text(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

function withoutEscapes(value: string | null): string | null {
	// eslint-disable-next-line no-control-regex -- escapes are what it looks for
	return value?.replaceAll(/\u001B\[[0-9;]*[A-Za-z]/g, '') ?? null;
}
