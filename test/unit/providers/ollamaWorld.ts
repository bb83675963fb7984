import { onTestFinished } from 'vitest';
import { OllamaProvider, type OllamaOptions } from '../../../src/core/providers/ollama';
import { FakeOllama, type FakeOllamaOptions } from '../../fakes/ollama/server';

/** A fake server and a provider that talks to it; both end with the test. */
export async function ollamaWorld(
	options: Partial<OllamaOptions> = {},
	server: FakeOllamaOptions = {},
): Promise<{ readonly server: FakeOllama; readonly provider: OllamaProvider; readonly stop: () => Promise<void> }> {
	const fake = await FakeOllama.start(server);
	let stopped: Promise<void> | undefined;
	const stop = (): Promise<void> => (stopped ??= fake.stop());
	onTestFinished(stop);
	const provider = new OllamaProvider({ id: 'ollama', label: 'Ollama', baseUrl: fake.url, ...options });
	return { server: fake, provider, stop };
}
