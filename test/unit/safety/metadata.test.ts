import { expect, test } from 'vitest';
import { classify, machineContext } from '../../../src/core/safety/classify';
import { namesMetadataService } from '../../../src/core/safety/metadata';

const context = machineContext(['/w']);
const tierOf = (tool: string, input: Readonly<Record<string, unknown>>): string =>
	classify({ tool, input, cwd: '/w' }, context).tier;

test.each([
	'http://169.254.169.254/latest/meta-data/',
	'http://2852039166/',
	'http://0xA9FEA9FE/',
	'http://0251.0376.0251.0376/',
	'http://169.254.43518/',
	'http://[::ffff:169.254.169.254]/',
	'http://[::ffff:a9fe:a9fe]/',
	'http://[64:ff9b::a9fe:a9fe]/',
	'http://[fd00:ec2::254]/',
	'http://METADATA.google.internal/',
	'http://metadata.google.internal./',
	'http://metadata/computeMetadata/v1/',
	'http://169.254.169.254.nip.io/',
	'http://user:word@169.254.169.254/',
	'http://100.100.100.200/latest/meta-data',
	'http://169.254.170.2/v2/credentials',
	'http://168.63.129.16/machine',
])('%s is never asked, whoever asks', url => {
	for (const tool of ['WebFetch', 'quarterdeck_fetch_page'])
		expect([tool, tierOf(tool, { url })]).toEqual([tool, 'BLACK']);
	expect(tierOf('Bash', { command: `curl -s ${url}` })).toBe('BLACK');
	expect(tierOf('mcp__web__get', { address: url })).toBe('BLACK');
});

test.each(['curl 2852039166/latest', 'curl 169.254.169.254', 'wget -qO- 0xa9fea9fe', 'curl [::ffff:a9fe:a9fe]/'])(
	'%s needs no scheme to be known',
	command => expect(tierOf('Bash', { command })).toBe('BLACK'),
);

test('what only looks like it is no such service', () => {
	for (const text of [
		'http://example.org/metadata/',
		'metadata',
		'the table metadata, 169.254.1.1',
		'http://metadata.example.org/',
		'2026',
		'http://169.254.170.200/',
	])
		expect([text, namesMetadataService(text)]).toEqual([text, false]);
});
