import type { Json } from '../base/json';

/** A server's question as its page shows it. Everything in it but `server` and `launch` was written by that server. */
export type ElicitationView =
	| {
			readonly kind: 'form';
			readonly server: string;
			/** The command line or address of the server, so that its name alone need not be trusted. */
			readonly launch: string;
			readonly message: string;
			readonly schema: Readonly<Record<string, unknown>>;
			/** The conversation for which it asks; '' when it is not known. */
			readonly conversation: string;
	  }
	| {
			readonly kind: 'url';
			readonly server: string;
			readonly launch: string;
			readonly message: string;
			readonly url: string;
			/** The host in the address, as it is written there, with letters that look like others spelt out. */
			readonly host: string;
			readonly isSecure: boolean;
			readonly conversation: string;
	  };

/** What the person answers. Declining says no; cancelling says nothing. */
export type ElicitationAnswer =
	| { readonly action: 'accept'; readonly content: Readonly<Record<string, Json>> | null }
	| { readonly action: 'decline' | 'cancel' };

/** Between the page of one question and its host. */
export interface ElicitationContract {
	requests: {
		/** `view` is `null` when the question has ended; `kept` is what the page of this tab kept last. */
		open: { params: null; result: { readonly view: ElicitationView | null; readonly kept: unknown } };
		/** Keeps a half-filled form while its tab is hidden, in memory alone. */
		keep: { params: { readonly value: unknown }; result: void };
		answer: { params: ElicitationAnswer; result: void };
	};
	events: {
		/** The server took its question back, or stopped. */
		ended: null;
	};
}
