// The host's side of the gallery, without VS Code and without the disk.
import type { GalleryContract, TemplateView } from '../../../src/core/flow/templates/galleryProtocol';
import type { Client } from '../../../src/core/rpc/rpc';

export interface FakeHost {
	readonly client: Client<GalleryContract>;
	/** Templates that were used, in order. */
	readonly used: string[];
	failing: Error | undefined;
}

export function createFakeHost(templates: readonly TemplateView[]): FakeHost {
	const call = async (name: string, params: unknown): Promise<unknown> => {
		if (host.failing) throw host.failing;
		if (name === 'templates') return templates;
		host.used.push((params as { readonly id: string }).id);
		return true;
	};
	const host: FakeHost = {
		client: { call, on: () => ({ dispose: () => undefined }), dispose: () => undefined } as never,
		used: [],
		failing: undefined,
	};
	return host;
}

export function templateView(id: string, more: Partial<TemplateView> = {}): TemplateView {
	return {
		id,
		category: 'Review',
		name: `Template ${id}`,
		description: `What ${id} does.`,
		needs: [],
		effects: [],
		modelNodes: 0,
		questions: 0,
		inputs: [],
		outputs: ['report'],
		maxCostUsd: 0.5,
		maxMinutes: 10,
		picture: {
			width: 544,
			height: 64,
			boxes: [
				{ title: 'Read', icon: 'file', category: 'Files', shape: 'card', x: 0, y: 0, width: 224, height: 64 },
				{ title: 'Tell', icon: 'comment', category: 'Agents', shape: 'card', x: 320, y: 0, width: 224, height: 64 },
			],
			edges: [[224, 40, 320, 40]],
		},
		...more,
	};
}
