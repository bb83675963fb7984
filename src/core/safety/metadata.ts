/** Where clouds hand a machine its own credentials: addresses and names, as the URL standard spells them. */
const places: ReadonlySet<string> = new Set([
	'169.254.169.254',
	'169.254.170.2',
	'169.254.170.23',
	'100.100.100.200',
	'168.63.129.16',
	'[fd00:ec2::254]',
	'[fd00:ec2::23]',
	'metadata',
	'metadata.google.internal',
	'instance-data',
	'instance-data.ec2.internal',
]);

/** Anywhere in a text, so that names which only lead there (`169.254.169.254.nip.io`) count too. */
const spelled =
	/169\.254\.169\.254|169\.254\.170\.23?(?!\d)|metadata\.google\.internal|100\.100\.100\.200|168\.63\.129\.16|fd00:ec2::(?:254|23)/iu;

/** Whether a text names a cloud's metadata service, in whatever form of address: decimal, hex, IPv6 around IPv4. */
export function namesMetadataService(text: string): boolean {
	if (spelled.test(text)) return true;
	for (const match of text.matchAll(/\/\/(?:[^\s/@]{0,200}@)?(\[[^\]\s]{1,60}\]|[^\s/:?#"'<>@]{1,253})/gu))
		if (places.has(hostOf(match[1] ?? ''))) return true;
	// `curl 2852039166/latest`: an address needs no scheme. A bare word is a word.
	const bare = /^(?:[\d.]|0x)[\da-fx.]*(?=[/:?#]|$)|^\[[^\]\s]{1,60}\]/iu.exec(text)?.[0];
	return bare !== undefined && places.has(hostOf(bare));
}

function hostOf(text: string): string {
	const address = `http://${text}/`;
	if (!URL.canParse(address)) return '';
	const host = new URL(address).hostname.replace(/\.$/u, '');
	const [, high = '', low = ''] = /^\[(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/u.exec(host) ?? [];
	if (high === '') return host;
	const bytes = [high, low].map(part => Number.parseInt(part, 16)).flatMap(part => [part >> 8, part & 255]);
	return bytes.join('.');
}
