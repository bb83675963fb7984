import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findExecutions, readExecution } from '../../../src/core/ledger/read/executions';
import { readCosts } from '../../../src/core/ledger/read/costs';
import { timelineRows } from '../../../src/core/ledger/views/timeline';
import { ManualClock } from '../../fakes/manualClock';
import { ended, id, makeWriter, openService, started, temporaryFolder, used } from './support';

const year = { fromDay: '2020-01-01', toDay: '2030-12-31', by: [] as const };

test('a clock that goes back in the middle of a run changes neither how it ended nor what it cost', async () => {
	const folder = temporaryFolder();
	const clock = new ManualClock();
	const writer = makeWriter(folder, { clock });
	const [execution, step] = [id.execution(), id.step()];
	const title = 'Across the change of the clock';
	await writer.append(started(execution, { title }));
	clock.wall -= 3_600_000;
	await writer.append({
		type: 'step.started',
		execution,
		step,
		parent: null,
		kind: 'tool',
		name: 'Bash',
		title: 'x',
		input: null,
	});
	await writer.append(used(execution, { cost: 1, isFinal: false }));
	clock.wall -= 3_600_000;
	await writer.append(used(execution, { cost: 7, isFinal: true }));
	await writer.append({
		type: 'step.ended',
		execution,
		step,
		status: 'succeeded',
		output: 'y',
		usage: null,
		cost: null,
	});
	await writer.append(ended(execution));
	const service = await openService(folder);
	const found = await service.read(context => readExecution(context, execution));
	expect(found?.execution).toMatchObject({ title, status: 'succeeded', cost: 7 });
	expect(found?.steps).toMatchObject([{ status: 'succeeded' }]);
	const [bar] = timelineRows(found!.execution, found!.steps, clock.now());
	expect(bar?.duration).toBeGreaterThanOrEqual(0);
	expect(bar!.offset + bar!.width).toBeLessThanOrEqual(1);
	expect(await service.read(context => readCosts(context, year))).toMatchObject([{ cost: 7, executions: 1 }]);
});

test('a journal edited by hand: what was changed is left out and told, the rest is read, a line twice counts once', async () => {
	const folder = temporaryFolder();
	const writer = makeWriter(folder);
	const [one, two, three] = [id.execution(), id.execution(), id.execution()];
	for (const execution of [one, two, three]) {
		await writer.append(started(execution, { title: `Run ${execution}` }));
		await writer.append(used(execution, { cost: 10 }));
		await writer.append(ended(execution));
	}
	await writer.close();
	const journal = join(folder, 'journal');
	const [name] = readdirSync(journal).filter(file => file.endsWith('.jsonl'));
	const path = join(journal, name!);
	const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
	const usageOfTwo = lines.findIndex(line => line.includes(two) && line.includes('usage.recorded'));
	const edited = lines.map((line, index) => (index === usageOfTwo ? line.replace('"cost":10', '"cost":99') : line));
	const startOfThree = edited.findIndex(line => line.includes(three) && line.includes('execution.started'));
	// One line changed, one taken out, one copied, one made up, and a note at the end.
	edited.splice(startOfThree, 1);
	edited.push(lines[usageOfTwo - 1]!, '{"type":"execution.started"}', '# paid already, do not count');
	writeFileSync(path, `${edited.join('\n')}\n`);
	const service = await openService(folder);
	const rows = await service.read(context => findExecutions(context, {}));
	expect(rows.map(row => row.id).toSorted()).toEqual([one, two].toSorted());
	expect(rows.find(row => row.id === two)).toMatchObject({ status: 'succeeded', cost: null });
	expect((await service.health()).rejected).toEqual([{ segment: name, lines: 3 }]);
	// It goes on where it stands.
	const next = makeWriter(folder);
	const four = id.execution();
	await next.append(started(four));
	expect(await service.read(context => findExecutions(context, {}))).toHaveLength(3);
});
