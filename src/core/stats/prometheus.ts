import type { Measure, MeasureUnit } from './measures';

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/** What a unit adds to a name. */
const suffixes: Readonly<Record<MeasureUnit, string>> = {
	'1': '_ratio',
	By: '_bytes',
	'By/s': '_bytes_per_second',
	Cel: '_celsius',
	W: '_watts',
	Hz: '_hertz',
	USD: '_usd',
	'{token}': '',
	'{execution}': '',
	'{core}': '',
};

/** The measures in Prometheus' text format: those of one name together, behind what is said of it. */
export function prometheusText(measures: readonly Measure[]): string {
	const families = new Map<string, Measure[]>();
	for (const measure of measures) {
		const name = prometheusName(measure);
		const family = families.get(name) ?? [];
		family.push(measure);
		families.set(name, family);
	}
	return [...families].map(([name, family]) => familyText(name, family)).join('');
}

/** `quarterdeck_gpu_memory_used_bytes`: as OpenTelemetry's own exporter would write it. */
export function prometheusName({ name, unit, kind }: Measure): string {
	return `${name.replaceAll('.', '_')}${suffixes[unit]}${kind === 'total' ? '_total' : ''}`;
}

function familyText(name: string, family: readonly Measure[]): string {
	const { help, kind } = family[0]!;
	const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind === 'total' ? 'counter' : 'gauge'}`];
	// Two GPUs of one index would be two lines of one series, which is no valid text.
	const seen = new Set<string>();
	for (const { labels, value } of family) {
		const series = `${name}${labelText(labels)}`;
		if (seen.has(series)) continue;
		seen.add(series);
		lines.push(`${series} ${value}`);
	}
	return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
	return escapeHelp(text).replaceAll('"', '\\"');
}
