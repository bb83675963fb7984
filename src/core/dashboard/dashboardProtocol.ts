import type { Json } from '../base/json';
import type { Dashboard, DashboardId } from './dashboard';
import type { TopicRequest } from './topic';
import type { TopicUpdate } from './topicHub';

/** What a page shows and offers. */
export interface DashboardView {
	readonly dashboard: Dashboard;
	/** All of this workspace, in the order in which they were made. */
	readonly all: readonly { readonly id: DashboardId; readonly name: string }[];
}

/** Between a dashboard's page and its host. */
export interface DashboardContract {
	requests: {
		view: { params: null; result: DashboardView };
		/** The whole dashboard after an edit; one that was deleted is there again. */
		save: { params: { readonly dashboard: Dashboard }; result: void };
		/** This tab shows another one. */
		show: { params: { readonly id: DashboardId }; result: void };
		/** Makes one and shows it: a fresh one, or a copy of what is shown. */
		create: { params: { readonly copyOf: DashboardId | null }; result: void };
		/** Asks for a name. */
		rename: { params: { readonly id: DashboardId }; result: void };
		remove: { params: { readonly id: DashboardId }; result: void };
		importFile: { params: null; result: void };
		exportFile: { params: { readonly id: DashboardId }; result: void };
		/** From now on these topics are told, and no others. */
		watch: { params: { readonly topics: readonly TopicRequest[] }; result: void };
		/** Does what a widget's user pressed, by the name of an action. */
		act: { params: { readonly action: string; readonly params: Json }; result: unknown };
		/** Runs what a failure offered. */
		runAction: { params: { readonly command: string; readonly args: readonly unknown[] }; result: void };
		/** A press on a link in a note. */
		openLink: { params: { readonly href: string }; result: void };
	};
	events: {
		/** Another tab changed what is shown, or the list of all. */
		view: DashboardView;
		data: readonly TopicUpdate[];
	};
}
