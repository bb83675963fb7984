import type { Alert, HealthState } from '../ledger/machineEvents';
import type { ServiceChangeRow } from '../ledger/queries';
import type { ServiceAction, ServiceView } from './health';
import type { RecentCheck } from './healthMonitor';
import type { Uptimes } from './uptime';

/** What the page shall show first. */
export interface HealthSubject {
	readonly kind: 'service' | 'alert';
	readonly id: string;
}

export interface AlertView extends Alert {
	/** The rule in words: `Disk almost full: at least 90 %`. */
	readonly ruleText: string;
	/** What is to be said about how often it is raised. */
	readonly note: string | null;
}

export interface RuleView {
	readonly id: string;
	readonly title: string;
	/** `disk.usage at least 90 %, then 95 %`. */
	readonly text: string;
	readonly severity: Alert['severity'];
	readonly isMuted: boolean;
	/** Why it can never fire. */
	readonly problem: string | null;
}

/** An entry of a setting that cannot be used. */
export interface ProblemView {
	readonly setting: 'health.services' | 'alerts.rules' | 'alerts.quietHours';
	readonly entry: string;
	readonly text: string;
}

/** All that the page lists. */
export interface HealthPageView {
	readonly services: readonly ServiceView[];
	readonly open: readonly AlertView[];
	readonly history: readonly AlertView[];
	readonly rules: readonly RuleView[];
	readonly problems: readonly ProblemView[];
	readonly isTrusted: boolean;
	/** This window looks at the services for all windows. */
	readonly isLeader: boolean;
	/** Now, by the host's clock. */
	readonly now: number;
}

/** One hour of a service. */
export interface HourView {
	/** Hours since 1970. */
	readonly hour: number;
	/** Milliseconds; `null` where nothing answered. */
	readonly mean: number | null;
	readonly max: number | null;
	/** The state of most of the hour; `null` where nobody watched. */
	readonly state: HealthState | null;
	/** Percent; `null` where nobody watched. */
	readonly up: number | null;
}

/** One service with its past. */
export interface ServiceDetail {
	readonly id: string;
	readonly uptimes: Uptimes;
	/** The last 24 hours, the oldest first. */
	readonly hours: readonly HourView[];
	/** Newest first. */
	readonly changes: readonly ServiceChangeRow[];
	/** Looks of this window, newest first. */
	readonly recent: readonly RecentCheck[];
	/** Names of services that need it. */
	readonly neededBy: readonly string[];
}

/** Between the page of services and alerts and the host. */
export interface HealthPageContract {
	requests: {
		view: { params: null; result: HealthPageView };
		service: { params: { readonly id: string }; result: ServiceDetail | null };
		/** What the page shall show first, once. */
		wanted: { params: null; result: HealthSubject | null };
		check: { params: { readonly id: string }; result: void };
		act: { params: { readonly id: string; readonly action: ServiceAction }; result: void };
		acknowledge: { params: { readonly id: string }; result: void };
		snooze: { params: { readonly id: string; readonly minutes: number }; result: void };
		resolve: { params: { readonly id: string }; result: void };
		mute: { params: { readonly rule: string; readonly isMuted: boolean }; result: void };
		openSettings: { params: { readonly setting: ProblemView['setting'] }; result: void };
	};
	events: {
		/** Services or alerts are others. */
		changed: null;
		/** Show this. */
		select: HealthSubject;
	};
}
