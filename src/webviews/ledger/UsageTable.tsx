import type { ReactElement } from 'react';
import { formatEnergy } from '../../core/base/energy';
import type { Usage } from '../../core/ledger/events';
import type { UsageRow } from '../../core/ledger/queries';
import { formatRunCost } from '../../core/ledger/views/format';

const kinds: readonly { readonly key: Exclude<keyof Usage, 'gpuJoules'>; readonly label: string }[] = [
	{ key: 'input', label: 'Input' },
	{ key: 'output', label: 'Output' },
	{ key: 'cacheRead', label: 'Cache read' },
	{ key: 'cacheWrite5m', label: 'Cache write (5 min)' },
	{ key: 'cacheWrite1h', label: 'Cache write (1 h)' },
];

/** Tokens and cost by model. Kinds that nobody used are left out. */
export function UsageTable({
	rows,
	provider,
}: {
	readonly rows: readonly UsageRow[];
	readonly provider: string;
}): ReactElement | null {
	if (rows.length === 0) return null;
	const used = kinds.filter(({ key }) => rows.some(row => row.usage[key] > 0));
	const isMeasured = rows.some(({ usage }) => usage.gpuJoules !== undefined);
	return (
		<details className="usage">
			<summary>Tokens and cost by model</summary>
			<div className="table-scroll" tabIndex={0} role="region" aria-label="Tokens and cost by model">
				<table>
					<thead>
						<tr>
							<th scope="col">Model</th>
							{used.map(({ key, label }) => (
								<th key={key} scope="col" className="number">
									{label}
								</th>
							))}
							<th scope="col" className="number">
								Cost
							</th>
							<th scope="col">Known from</th>
							{isMeasured && (
								<th scope="col" className="number" title="What the GPUs of this machine drew meanwhile">
									GPU energy
								</th>
							)}
						</tr>
					</thead>
					<tbody>
						{rows.map(row => (
							<tr key={`${row.provider} ${row.model}`}>
								<th scope="row">{row.model}</th>
								{used.map(({ key }) => (
									<td key={key} className="number">
										{row.usage[key].toLocaleString('en')}
									</td>
								))}
								<td className="number">{formatRunCost(row.cost, row.basis)}</td>
								<td>{basisText(row, provider)}</td>
								{isMeasured && <td className="number">{energyText(row.usage)}</td>}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</details>
	);
}

function energyText({ gpuJoules }: Usage): string {
	return gpuJoules === undefined ? 'not measured' : formatEnergy(gpuJoules);
}

function basisText(row: UsageRow, provider: string): string {
	const soFar = row.isFinal ? '' : ', so far';
	if (row.basis === 'reported') return `reported by ${provider}${soFar}`;
	if (row.basis === 'priced') return `price table${soFar}`;
	return 'no price known: add it under “Costs: Prices”';
}
