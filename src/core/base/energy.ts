/** Energy as people meter it: `0.35 Wh`, `1.2 kWh`. @param joules watt-seconds */
export function formatEnergy(joules: number): string {
	const wattHours = joules / 3600;
	if (wattHours >= 1000) return `${round(wattHours / 1000)} kWh`;
	if (wattHours >= 0.001) return `${round(wattHours)} Wh`;
	return joules > 0 ? 'under 0.001 Wh' : '0 Wh';
}

/** Two significant digits, and none behind the point from 10 on. */
function round(amount: number): string {
	return amount >= 10 ? String(Math.round(amount)) : String(Number(amount.toPrecision(2)));
}
