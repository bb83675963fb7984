import type { PageText } from '../ports';

/** What the worker that reads pages answers. */
export interface PageContract {
	requests: {
		read: { params: { readonly html: string; readonly url: string }; result: PageText };
	};
	events: Record<string, never>;
}
