/** What `rocm-smi` told. */
export interface RocmAnswer {
	/** Names of cards by bus address, as `/sys` writes it. */
	readonly names: ReadonlyMap<string, string>;
	/** Bytes of GPU memory by pid. */
	readonly memory: ReadonlyMap<number, number>;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what `rocm-smi --showproductname --showbus --showpids --json` prints: one line with a record for each card and
 * one of the system. Versions write some keys otherwise (`Card series`, `Card Series`), and lines of warnings may stand
 * around it. `undefined` where there is no such line.
 */
export function parseRocm(text: string): RocmAnswer | undefined {
	const told = findRecord(text);
	if (!told) return undefined;
	const names = new Map<string, string>();
	for (const [key, value] of Object.entries(told)) {
		if (!/^card\d+$/.test(key) || !isRecord(value)) continue;
		const address = /^[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[\da-f]/i.exec(wordOf(value, 'PCI Bus') ?? '')?.[0];
		const name = nameOf(value);
		if (address !== undefined && name !== undefined) names.set(address.toLowerCase(), name);
	}
	return { names, memory: memoryOf(isRecord(told['system']) ? told['system'] : {}) };
}

function findRecord(text: string): Fields | undefined {
	for (const line of text.split('\n').filter(each => each.trimStart().startsWith('{'))) {
		try {
			const told: unknown = JSON.parse(line);
			if (isRecord(told)) return told;
		} catch {
			// A warning with a brace.
		}
	}
	return undefined;
}

/** `Navi 31 [Radeon RX 7900 XT/7900 XTX]` is the chip and what it is sold as; numbers of the device are no name. */
function nameOf(card: Fields): string | undefined {
	const told = ['Card series', 'Device name', 'Card model'].map(key => wordOf(card, key));
	const name = told.find(word => word !== undefined && /[a-z]{2}/i.test(word) && !/^0x/i.test(word));
	return name === undefined ? undefined : (/\[([^\]]+)\]$/.exec(name)?.[1] ?? name).slice(0, 80);
}

/** `"PID4242": "python3, 1, 2147483648, 0, 34"`: name, cards, memory, transfers, occupancy. A name may hold commas. */
function memoryOf(system: Fields): ReadonlyMap<number, number> {
	const memory = new Map<number, number>();
	for (const [key, value] of Object.entries(system)) {
		const pid = /^PID(\d+)$/i.exec(key)?.[1];
		const words = typeof value === 'string' ? value.split(',').map(word => word.trim()) : [];
		const bytes = words.length < 5 ? undefined : words.at(-3);
		// In a container these may be numbers of outside: those that are nobody's here are not told.
		const isKnown = words[0]?.toLowerCase() !== 'unknown';
		if (pid !== undefined && isKnown && bytes !== undefined && /^\d+$/.test(bytes))
			memory.set(Number(pid), Number(bytes));
	}
	return memory;
}

/** A field whatever the case of its name; `undefined` where the tool has no value for it. */
function wordOf(fields: Fields, name: string): string | undefined {
	const entry = Object.entries(fields).find(([key]) => key.toLowerCase() === name.toLowerCase());
	const word = typeof entry?.[1] === 'string' ? entry[1].trim() : '';
	return word === '' || /^(N\/A|None|unknown)$/i.test(word) ? undefined : word;
}

function isRecord(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
