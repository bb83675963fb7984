/**
 * What `ollama serve` is to who starts it: it listens where OLLAMA_HOST says, writes a log to stderr, ends on an
 * interrupt, and with FAKE_OLLAMA_FAILS ends at once as the real one does.
 */
import { createServer } from 'node:http';

const answers: Readonly<Record<string, object>> = {
	'/api/version': { version: '0.12.6' },
	'/api/tags': { models: [] },
	'/api/ps': { models: [] },
};
const address = new URL(`http://${process.env['OLLAMA_HOST']}`);
const server = createServer((request, response) => {
	const answer = answers[request.url ?? ''];
	response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
	response.end(JSON.stringify(answer ?? { error: 'not found' }));
});

function fail(why: string): void {
	process.stderr.write(`time=2026-01-15T12:00:00Z level=INFO msg="server config"\nError: ${why}\n`);
	process.exitCode = 1;
}

process.on('SIGINT', () => process.exit(0));
if (process.argv[2] !== 'serve') fail(`unknown command "${process.argv[2]}" for "ollama"`);
else if (process.env['FAKE_OLLAMA_FAILS']) fail(process.env['FAKE_OLLAMA_FAILS']);
else
	server.listen(Number(address.port), address.hostname, () => {
		process.stderr.write(`level=INFO msg="Listening on ${address.host} (version 0.12.6)"\n`);
	});
