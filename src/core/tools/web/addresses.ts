import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Every block of IPv4 that is not the public internet: IANA's registry of special-purpose addresses. */
const closed4: readonly (readonly [string, number])[] = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	// Azure's machine service, in the midst of public addresses.
	['168.63.129.16', 32],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
];
/** Inside the one public block of IPv6, what leads elsewhere: tunnels that hold an IPv4 address, and documentation. */
const closed6: readonly (readonly [string, number])[] = [
	['2001::', 23],
	['2001:db8::', 32],
	['2002::', 16],
	['3fff::', 20],
];

const closedList = new BlockList();
for (const [address, bits] of closed4) closedList.addSubnet(address, bits, 'ipv4');
const open6 = new BlockList();
open6.addSubnet('2000::', 3, 'ipv6');
const closedList6 = new BlockList();
for (const [address, bits] of closed6) closedList6.addSubnet(address, bits, 'ipv6');

/**
 * Whether an address belongs to the public internet. What is not known to be public is not: loopback, private and
 * link-local networks, metadata services, and every form of IPv6 that wraps an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
	const plain = address.replace(/^\[|\]$/gu, '').replace(/%.*$/u, '');
	if (isIPv4(plain)) return !closedList.check(plain, 'ipv4');
	if (!isIPv6(plain)) return false;
	return open6.check(plain, 'ipv6') && !closedList6.check(plain, 'ipv6');
}

/** Networks of a house, an office or a tunnel between one's own machines. */
const localList = new BlockList();
for (const [address, bits] of [
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
] as const)
	localList.addSubnet(address, bits, 'ipv4');
localList.addSubnet('fc00::', 7, 'ipv6');

/** Whether an address belongs to a private network. Neither loopback nor link-local is, where metadata services live. */
export function isLocalNetworkAddress(address: string): boolean {
	const plain = address.replace(/^\[|\]$/gu, '').replace(/%.*$/u, '');
	if (isIPv4(plain)) return localList.check(plain, 'ipv4');
	return isIPv6(plain) && !/^::ffff:/iu.test(plain) && localList.check(plain, 'ipv6');
}

/** Names that mean this machine or its network whatever a name server says. */
export function isLocalName(host: string): boolean {
	const name = host.toLowerCase().replace(/\.$/u, '');
	if (/(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/u.test(name)) return true;
	// A name without a dot is looked up in the local network.
	return !name.includes('.') && !name.includes(':');
}
