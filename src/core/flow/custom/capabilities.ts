/** What files declare and the user grants: `fetch`, `fetch:HOST`, `files`, `secret:NAME`. */
export const capabilityPattern =
	/^(?:fetch(?::(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?|files|secret:[\w.-]{1,80})$/u;

/** What a capability lets a node do: the end of “It asks to …”. */
export function capabilityWords(name: string): string {
	if (name === 'fetch') return 'send requests to any public web server, data of the flow included';
	if (name.startsWith('fetch:'))
		return `send requests to ${name.slice(6).replace('*.', 'any server of ')}, data of the flow included`;
	if (name === 'files') return 'read files of the workspace';
	return `read the secret “${name.slice(7)}”`;
}

/** Whether an address may be asked by who has these capabilities. */
export function mayFetch(granted: readonly string[], address: string): boolean {
	if (granted.includes('fetch')) return true;
	if (!URL.canParse(address)) return false;
	const { hostname } = new URL(address);
	return granted.some(name => {
		if (!name.startsWith('fetch:')) return false;
		const host = name.slice(6);
		return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
	});
}
