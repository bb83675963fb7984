import { errorText, systemCode } from '../../base/errors';

/** Why a server could not be reached, as a sentence with the system's own word for whoever looks it up. */
export function reachProblem(error: unknown, where: string): string {
	const code = systemCode(error) ?? '';
	if (code === 'ECONNREFUSED') return `Nothing listens at ${where} (ECONNREFUSED).`;
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${where} cannot be looked up (${code}).`;
	if (code === 'ECONNRESET') return `It broke the connection off (ECONNRESET).`;
	if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `There is no way to ${where} (${code}).`;
	if (/CERT|SELF_SIGNED|LEAF_SIGNATURE/u.test(code))
		return `Its certificate is not valid: ${errorText(error)} (${code}).`;
	return `It could not be reached: ${errorText(error) || code}.`;
}
