#!/usr/bin/env node
// Stands for NVIDIA's nvidia-smi: answers --query-gpu and --query-compute-apps in csv, once or every -lms milliseconds.
// FAKE_GPUS holds the cards as JSON, each a record of what it says of a field; a field it does not name is [N/A], as the
// real one says. Where FAKE_GPU_STATE names a file, that file is read at each look instead: {"gpus", "apps", "refuses",
// "trouble", "exit", "hangs"}. Each look at the cards adds a byte to the file FAKE_GPU_LOG, where that is set.
import { appendFileSync, readFileSync } from 'node:fs';

const stateFile = process.env.FAKE_GPU_STATE;
const readState = () =>
	stateFile === undefined
		? { gpus: JSON.parse(process.env.FAKE_GPUS ?? '[{"power.draw":"123.50"}]') }
		: { gpus: [], ...JSON.parse(readFileSync(stateFile, 'utf8')) };
const value = name => process.argv.find(given => given.startsWith(`--${name}=`))?.slice(name.length + 3);
const pace = Number(process.argv.find(given => /^-(lms|-loop-ms)=\d+$/.test(given))?.split('=')[1] ?? 0);
const apps = value('query-compute-apps')?.split(',');
const fields = (value('query-gpu') ?? '').split(',');

const leave = (text, code) => {
	process.stdout.write(`${text}\n`);
	process.exit(code);
};
const line = words => process.stdout.write(`${words.join(', ')}\n`);
const look = () => {
	const { gpus, refuses = [], trouble, exit, hangs, apps: running = [] } = readState();
	if (trouble !== undefined) leave(trouble, exit ?? 9);
	if (hangs) return;
	const refused = (apps ?? fields).find(field => refuses.includes(field));
	if (refused !== undefined) leave(`Field "${refused}" is not a valid field to query.\n`, 2);
	if (apps) {
		for (const app of running) line(apps.map(field => app[field] ?? '[N/A]'));
		return;
	}
	if (gpus.length === 0) leave('No devices were found', 6);
	if (process.env.FAKE_GPU_LOG) appendFileSync(process.env.FAKE_GPU_LOG, '.');
	const known = { count: gpus.length };
	for (const [index, card] of gpus.entries())
		line(fields.map(field => (field === 'index' ? (card.index ?? index) : (card[field] ?? known[field] ?? '[N/A]'))));
};
look();
if (pace > 0) setInterval(look, pace);
process.on('SIGINT', () => process.exit(0));
