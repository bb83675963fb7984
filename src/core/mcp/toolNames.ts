import { createHash } from 'node:crypto';

/** What some model servers take as the longest name of a tool (64), less what the Claude CLI puts before ours. */
const maxName = 64 - 'quarterdeck__'.length;
const maxServer = 28;

export interface NamedServer {
	readonly id: string;
	readonly name: string;
	/** The tools' own names. */
	readonly tools: readonly string[];
}

/**
 * A name for each tool that all models accept and no two share: `mcp__server__tool`. Names depend only on the servers'
 * ids and order, so that a standing permission still means the same tool in the next session.
 * @returns by server id, then by the tool's own name
 */
export function qualifyNames(servers: readonly NamedServer[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
	const taken = new Set<string>();
	const slugs = new Set<string>();
	return new Map(
		servers.map(({ id, name, tools }) => {
			const plain = slug(name, maxServer) || 'server';
			// Case is no difference: somebody would take the one for the other.
			const server = slugs.has(plain.toLowerCase()) ? `${plain}_${hash(id)}` : plain;
			slugs.add(server.toLowerCase());
			return [id, new Map(tools.map(tool => [tool, freeName(`mcp__${server}__`, id, tool, taken)]))];
		}),
	);
}

function freeName(prefix: string, id: string, tool: string, taken: Set<string>): string {
	const part = tool.replaceAll(/[^\w-]/g, '_');
	const plain = prefix + part;
	const isFree = part !== '' && plain.length <= maxName && !taken.has(plain.toLowerCase());
	const end = `_${hash(`${id} ${tool}`)}`;
	const name = isFree ? plain : `${plain.slice(0, maxName - end.length)}${end}`;
	taken.add(name.toLowerCase());
	return name;
}

/** Two underscores stand between server and tool, and so never inside a server's name. */
function slug(text: string, length: number): string {
	return text
		.replaceAll(/[^\w-]/g, '_')
		.replaceAll(/_{2,}/g, '_')
		.slice(0, length)
		.replaceAll(/^_|_$/g, '');
}

function hash(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
