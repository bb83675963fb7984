#!/usr/bin/env node
// Stands for NVIDIA's nvidia-smi: answers --query-gpu in csv, once or every -lms milliseconds. FAKE_GPUS holds the cards as
// JSON, each a record of what it says of a field; a field it does not name is [N/A], as the real one says. Each look adds
// a byte to the file FAKE_GPU_LOG, where that is set.
import { appendFileSync } from 'node:fs';

const cards = JSON.parse(process.env.FAKE_GPUS ?? '[{"power.draw":"123.50"}]');
const value = name => process.argv.find(given => given.startsWith(`--${name}=`))?.slice(name.length + 3);
const pace = Number(process.argv.find(given => /^-(lms|-loop-ms)=\d+$/.test(given))?.split('=')[1] ?? 0);
const fields = (value('query-gpu') ?? '').split(',');

if (cards.length === 0) {
	process.stdout.write('No devices were found\n');
	process.exit(6);
}
const look = () => {
	if (process.env.FAKE_GPU_LOG) appendFileSync(process.env.FAKE_GPU_LOG, '.');
	for (const [index, card] of cards.entries())
		process.stdout.write(`${fields.map(field => (field === 'index' ? index : (card[field] ?? '[N/A]'))).join(', ')}\n`);
};
look();
if (pace > 0) setInterval(look, pace);
process.on('SIGINT', () => process.exit(0));
