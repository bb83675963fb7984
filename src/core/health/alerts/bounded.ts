const most = 1_000;

/** Keeps what was set last, and lets go of the oldest where names would pile up for as long as a window is open. */
export function setBounded<K, V>(map: Map<K, V>, key: K, value: V): void {
	map.delete(key);
	map.set(key, value);
	if (map.size <= most) return;
	for (const oldest of map.keys()) {
		map.delete(oldest);
		return;
	}
}
