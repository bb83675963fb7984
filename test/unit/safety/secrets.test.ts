import { describe, expect, test } from 'vitest';
import { describeSecrets, holdsSecretMark, redactSecrets } from '../../../src/core/safety/secrets';
import { withoutSecretsIn } from '../../../src/core/safety/withoutSecrets';

/** Random-looking text that is the same in each run; the tokens are put together here so that no scanner takes them for real. */
function letters(
	count: number,
	alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789',
	seed = 7,
): string {
	let state = seed;
	return Array.from({ length: count }, () => {
		state = (state * 1103515245 + 12345) % 2 ** 31;
		return alphabet.charAt(Math.floor((state / 2 ** 31) * alphabet.length));
	}).join('');
}
const hex = (count: number): string => letters(count, '0123456789abcdef');
const upper = (count: number): string => letters(count, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const known: readonly (readonly [string, string])[] = [
	['AWS access key', `AKIA${upper(16)}`],
	['AWS access key', `ASIA${upper(16)}`],
	['GitHub token', `ghp_${letters(36)}`],
	['GitHub token', `gho_${letters(36)}`],
	['GitHub token', `github_pat_${letters(22)}_${letters(59)}`],
	['GitLab token', `glpat-${letters(20)}`],
	['Slack token', `xoxb-${letters(12, '0123456789')}-${letters(24)}`],
	['Google API key', `AIza${letters(35)}`],
	['Google OAuth token', `ya29.${letters(60)}`],
	['Google client secret', `GOCSPX-${letters(28)}`],
	['Anthropic key', `sk-ant-api03-${letters(93)}AA`],
	['OpenAI key', `sk-proj-${letters(80)}`],
	['API key', `sk-${letters(48)}`],
	['OpenRouter key', `sk-or-v1-${hex(64)}`],
	['Groq key', `gsk_${letters(52)}`],
	['xAI key', `xai-${letters(80)}`],
	['Hugging Face token', `hf_${letters(34, 'abcdefghijklmnopqrstuvwxyzABCDEFGH')}`],
	['Replicate token', `r8_${letters(37)}`],
	['Stripe key', `sk_live_${letters(24)}`],
	['webhook secret', `whsec_${letters(32)}`],
	['npm token', `npm_${letters(36)}`],
	['PyPI token', `pypi-AgEIcHlwaS5vcmc${letters(80)}`],
	['RubyGems key', `rubygems_${hex(48)}`],
	['Docker token', `dckr_pat_${letters(27)}`],
	['DigitalOcean token', `dop_v1_${hex(64)}`],
	['SendGrid key', `SG.${letters(22)}.${letters(43)}`],
	['Twilio key', `SK${hex(32)}`],
	['Mailgun key', `key-${hex(32)}`],
	['Mailchimp key', `${hex(32)}-us12`],
	['Shopify token', `shpat_${hex(32)}`],
	['Databricks token', `dapi${hex(32)}`],
	['Linear key', `lin_api_${letters(40)}`],
	['Notion token', `ntn_${letters(46)}`],
	['Figma token', `figd_${letters(40)}`],
	['Postman key', `PMAK-${hex(24)}-${hex(34)}`],
	['Grafana token', `glsa_${letters(32)}_${hex(8)}`],
	['Vault token', `hvs.${letters(90)}`],
	['Doppler token', `dp.pt.${letters(43)}`],
	['Telegram bot token', `${letters(9, '123456789')}:AA${letters(33)}`],
	['Azure client secret', `${letters(3)}8Q~${letters(34)}`],
	['age key', `AGE-SECRET-KEY-1${letters(58, 'ABCDEFGHJKLMNPQRSTUVWXYZ023456789')}`],
	['Atlassian token', `ATATT3${letters(180)}`],
	['Tailscale key', `tskey-auth-${letters(17)}-${letters(32)}`],
	['JSON web token', `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '1234567890', name: 'Jo' })}.${letters(43)}`],
	['webhook address', `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${letters(24)}`],
];

describe('known formats', () => {
	test.each(known)('%s', (kind, secret) => {
		const around = [`see ${secret}.`, `x="${secret}"`, `(${secret})`, `${secret}\n`, `{"a":"${secret}"}`];
		for (const text of around) {
			const { text: shown, found } = redactSecrets(text);
			expect(shown).toContain(`⟨secret removed: `);
			expect(shown).not.toContain(secret.slice(-16));
			expect(found.map(entry => entry.kind)).toContain(kind);
		}
	});

	test('a private key goes as a whole, cut off or inside JSON', () => {
		const body = `${letters(64)}\n${letters(64)}\n${letters(40)}=`;
		for (const name of ['RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ', '']) {
			const block = `-----BEGIN ${name}PRIVATE KEY-----\n${body}\n-----END ${name}PRIVATE KEY-----`;
			expect(redactSecrets(`a\n${block}\nb`).text).toBe('a\n⟨secret removed: private key⟩\nb');
			expect(redactSecrets(JSON.stringify({ key: block })).text).toBe('{"key":"⟨secret removed: private key⟩"}');
			expect(redactSecrets(`-----BEGIN ${name}PRIVATE KEY-----\n${body}`).text).toBe('⟨secret removed: private key⟩');
		}
		const pgp = `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${body}\n-----END PGP PRIVATE KEY BLOCK-----`;
		expect(redactSecrets(pgp).text).toBe('⟨secret removed: private key⟩');
	});
});

describe('values beside a name', () => {
	test.each([
		['DB_PASSWORD=hunter2', 'hunter2'],
		['export API_TOKEN=abcDEF123456ghij', 'abcDEF123456ghij'],
		["SECRET_KEY_BASE='a1b2c3d4e5f6a7b8'", 'a1b2c3d4e5f6a7b8'],
		['POSTGRES_PASSWORD=correcthorsebattery', 'correcthorsebattery'],
		['ENV MYSQL_ROOT_PASSWORD=s3cr3tpw', 's3cr3tpw'],
		['docker run -e POSTGRES_PASSWORD=sup3rpw postgres', 'sup3rpw'],
		['password: hunter2hunter2', 'hunter2hunter2'],
		['password = "p@ssw0rd!"', 'p@ssw0rd!'],
		['"password": "tr0ub4dor&3"', 'tr0ub4dor&3'],
		['{\\"password\\":\\"tr0ub4dor&3\\"}', 'tr0ub4dor&3'],
		[`"client_secret": "${letters(32)}"`, letters(32)],
		[`apiKey: '${letters(32)}',`, letters(32)],
		[`aws_secret_access_key = ${letters(40)}`, letters(40)],
		[`//registry.npmjs.org/:_authToken=${letters(36)}`, letters(36)],
		[`Authorization: Bearer ${letters(40)}`, letters(40)],
		[`curl -H "Authorization: Basic ${Buffer.from('user:pass12345').toString('base64')}"`, 'dXNlcjpwYXNzMTIzNDU='],
		['postgres://app:s3cretpw@db.internal:5432/app', 's3cretpw'],
		['DATABASE_URL=mysql://root:toor99@127.0.0.1/x', 'toor99'],
		['mongodb+srv://user:Pa55word@cluster0.mongodb.net', 'Pa55word'],
		['https://bob:hunter22@example.org/x.git', 'hunter22'],
		[`AccountName=x;AccountKey=${letters(86)}==;EndpointSuffix=core.windows.net`, letters(86)],
		[`https://api.example.org/v1?api_key=${letters(32)}&x=1`, letters(32)],
		['mysql --password=hunter2pw -u root', 'hunter2pw'],
		['tool --token abc123def456 run', 'abc123def456'],
		['machine github.com login bob password hunter2x', 'hunter2x'],
		[`client-key-data: ${letters(400)}`, letters(400)],
		[`"auth": "${Buffer.from('someone:a-long-pass-1').toString('base64')}"`, 'c29tZW9uZTphLWxvbmctcGFzcy0x'],
	])('%s', (text, secret) => {
		const { text: shown, found } = redactSecrets(text);
		expect(shown).not.toContain(secret);
		expect(shown).toContain('⟨secret removed: ');
		expect(found).toHaveLength(1);
	});
});

describe('what only speaks of secrets stays', () => {
	test.each([
		'const token = await getToken();',
		'password: string;',
		'readonly password?: string | undefined;',
		'const { password } = request.body;',
		'password: z.string().min(8)',
		'if (token === undefined) throw new Error("no token");',
		'apiKey: process.env.OPENAI_API_KEY,',
		'api_key = os.environ["OPENAI_API_KEY"]',
		'token: ${{ secrets.GITHUB_TOKEN }}',
		'PASSWORD=${DB_PASSWORD}',
		'PASSWORD=$DB_PASSWORD',
		'API_KEY=your-api-key-here',
		'API_KEY=<your key>',
		'API_KEY=xxxxxxxxxxxxxxxx',
		'API_KEY=',
		'PASSWORD=changeme',
		'"password": "Enter your password"',
		'<input type="password" name="password">',
		'type: "password"',
		'const tokenType = "BearerToken12345678";',
		'maxTokens: 4096',
		'"max_tokens": 200000',
		'tokens: number',
		'secretName: my-app-secrets',
		'secretKeyRef:\n  name: db\n  key: password',
		'forgotPassword: "/auth/forgot-password"',
		'AKIAIOSFODNN7EXAMPLE',
		'sk-...',
		'sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx',
		'sk-learn and scikit-learn-contrib-something-long-here',
		'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
		'commit 4f2a9b1c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a',
		'sha512-9NET910DNaIPngYnLLPeg+Ogzqsi9uM4mSboU5y6p8S5DzMTVEsJZrawi+BoDNUVBa2DhJqQYUFvMDfgU062LQ==',
		'550e8400-e29b-41d4-a716-446655440000',
		'import { SecretStorage } from "vscode";',
		'the bearer of this letter',
		'Authorization: Bearer <token>',
		'Authorization: Bearer ${token}',
		'https://example.org:8080/a@b',
		'git@github.com:owner/name.git',
		'ssh://git@github.com/owner/name.git',
		'https://user:password@example.com/',
		'https://${user}:${password}@host/',
		"header.includes('-----BEGIN PRIVATE KEY-----')",
		'-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----',
		'-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
		'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
		'password=self.password',
		'token=ctx.session.token2,',
		'--token-limit 200000',
		'.secret { color: red; }',
		'eyJhbGciOi',
	])('%s', text => {
		expect(redactSecrets(text)).toEqual({ text, found: [] });
	});
});

test('our own mark is known again, is left alone and cannot be nested', () => {
	const once = redactSecrets(`TOKEN=${letters(30)} and ghp_${letters(36)}`);
	expect(holdsSecretMark(once.text)).toBe(true);
	expect(redactSecrets(once.text)).toEqual({ text: once.text, found: [] });
	expect(holdsSecretMark('plain text')).toBe(false);
});

test('every text inside a value is cleaned, and a value without secrets is given back as it is', () => {
	const secret = `ghp_${letters(36)}`;
	const clean = { type: 'step', text: 'nothing to see in this text', list: [1, null, { deep: 'also nothing here' }] };
	expect(withoutSecretsIn(clean)).toBe(clean);
	const held = { ...clean, list: ['short', { deep: `see ${secret}` }], other: clean };
	const next = withoutSecretsIn(held);
	expect(JSON.stringify(next)).not.toContain(secret);
	expect(next).toEqual({ ...held, list: ['short', { deep: 'see ⟨secret removed: GitHub token⟩' }] });
	expect(next.other).toBe(clean);
});

test('what was found is told in a sentence, without the secret', () => {
	const { found } = redactSecrets(`A_PASSWORD=hunter2\nB_PASSWORD=hunter3\nghp_${letters(36)}`);
	expect(describeSecrets(found)).toBe('2 × password and a GitHub token');
	expect(found.map(({ at, length }) => [at, length])).toEqual([
		[11, 7],
		[30, 7],
		[38, 40],
	]);
});

/** Work and not time: a text twice as long may take twice as long, and a little for a busy machine; not four times. */
test('no text keeps the search busy', { timeout: 60_000 }, () => {
	const attacks: readonly ((count: number) => string)[] = [
		count => 'eyJ-'.repeat(count),
		count => `eyJ${'a'.repeat(40)}.`.repeat(count / 11),
		count => '-----BEGIN PRIVATE KEY-----\n'.repeat(count / 7),
		count => 'password='.repeat(count / 2),
		count => 'password="'.repeat(count / 2),
		count => `password${' '.repeat(count * 4)}`,
		count => 'a://a:'.repeat(count),
		count => '-'.repeat(count * 4),
		count => 'sk-a1'.repeat(count),
		count => "token='aaaaaaaaaaaaaaaaaaaaaa1 ".repeat(count / 8),
	];
	for (const attack of attacks) {
		const small = best(attack(8_000));
		const large = best(attack(32_000));
		expect(large / Math.max(small, 2), attack(4).slice(0, 60)).toBeLessThan(14);
	}
});

function best(text: string): number {
	const times = Array.from({ length: 3 }, () => {
		const start = performance.now();
		const cpu = process.cpuUsage();
		redactSecrets(text);
		const { user, system } = process.cpuUsage(cpu);
		// What the processor did for us: on a busy machine the clock runs on while others work.
		return Math.min(performance.now() - start, (user + system) / 1000);
	});
	return Math.min(...times);
}
