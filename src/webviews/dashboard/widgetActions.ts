import type { KeyboardEvent } from 'react';
import type { Dashboard, Layout, Widget, WidgetSettings } from '../../core/dashboard/dashboard';
import { withCopy, withLayout, withSettings, withWidget, withoutWidget } from '../../core/dashboard/edits';
import type { WidgetDefinition } from '../../core/dashboard/widget';
import { arrowOf, neighbourOf, placeText, stepped } from './keyboard';
import type { DashboardModel } from './model';
import { titleOf } from './titleOf';

/** What the user wants to do with a widget. */
export type WidgetCommand = 'settings' | 'move' | 'copy' | 'remove';

/** What the user does with widgets, by mouse and by keyboard. */
export class WidgetActions {
	readonly #model: DashboardModel;

	constructor(model: DashboardModel) {
		this.#model = model;
	}

	readonly arrange = (layout: Layout): void =>
		this.#edit(before => withLayout(before, this.#model.arrangement.width, layout));

	readonly add = (definition: WidgetDefinition): void => {
		if (!this.#dashboard) return;
		const { dashboard, id } = withWidget(this.#dashboard, definition.kind);
		this.#model.edit(dashboard);
		this.#say(`${definition.title} was added.`);
		requestAnimationFrame(() => widgetElement(id)?.scrollIntoView({ block: 'nearest' }));
	};

	/** What the form of the settings holds. */
	readonly save = (widget: Widget, settings: WidgetSettings, title: string): void => {
		this.#edit(before => withSettings(before, widget.id, settings, title));
		this.closeSide();
	};

	/** What the user changed inside of the widget. */
	readonly change = (widget: Widget, settings: WidgetSettings): void =>
		this.#edit(before => withSettings(before, widget.id, settings));

	readonly closeSide = (): void => {
		const { side } = this.#model.state;
		this.#model.dispatch({ type: 'side', side: null });
		if (side?.kind === 'settings') focusWidget(side.widget);
	};

	/** The focus left while it was being moved. */
	readonly leave = (widget: Widget): void => this.#keep(widget);

	get #dashboard(): Dashboard | undefined {
		return this.#model.state.view?.dashboard;
	}

	#edit(change: (before: Dashboard) => Dashboard, notice?: string): void {
		if (this.#dashboard) this.#model.edit(change(this.#dashboard), notice);
	}

	#say(text: string): void {
		this.#model.dispatch({ type: 'say', text });
	}

	readonly run = (widget: Widget, command: WidgetCommand): void => {
		switch (command) {
			case 'settings':
				return this.#model.dispatch({ type: 'side', side: { kind: 'settings', widget: widget.id } });
			case 'move':
				return this.#startMoving(widget);
			case 'copy':
				return this.#copy(widget);
			default:
				return this.#remove(widget);
		}
	};

	readonly key = (widget: Widget, event: KeyboardEvent<HTMLElement>): void => {
		// Keys inside of a widget are its own.
		if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
		const { moving } = this.#model.state;
		const isHandled = moving?.id === widget.id ? this.#moveKey(widget, event) : this.#restKey(widget, event);
		if (isHandled) event.preventDefault();
	};

	#restKey(widget: Widget, event: KeyboardEvent<HTMLElement>): boolean {
		const { layout } = this.#model.arrangement;
		const direction = arrowOf(event.key);
		if (direction) {
			const next = neighbourOf(layout, widget.id, direction);
			if (next !== undefined) focusWidget(next);
			return true;
		}
		if (event.key === 'Enter') this.#startMoving(widget);
		else if (event.key === 'Delete' || event.key === 'Backspace') this.#remove(widget);
		else return false;
		return true;
	}

	#moveKey(widget: Widget, event: KeyboardEvent<HTMLElement>): boolean {
		const model = this.#model;
		const { arrangement, state } = model;
		const { moving, view } = state;
		const direction = arrowOf(event.key);
		if (direction && moving && view) {
			const step = { id: widget.id, width: arrangement.width, direction, isResize: event.shiftKey };
			const layout = stepped(view.dashboard, moving.layout, step);
			model.dispatch({ type: 'moving', moving: { id: widget.id, layout } });
			const place = layout[widget.id];
			if (place) this.#say(placeText(place, arrangement.width));
			requestAnimationFrame(() => widgetElement(widget.id)?.scrollIntoView({ block: 'nearest' }));
			return true;
		}
		if (event.key === 'Enter' || event.key === ' ') this.#keep(widget);
		else if (event.key === 'Escape') {
			model.dispatch({ type: 'moving', moving: null });
			this.#say(`${titleOf(widget)} is where it was.`);
		} else return false;
		return true;
	}

	#startMoving(widget: Widget): void {
		const model = this.#model;
		const { arrangement } = model;
		model.dispatch({ type: 'moving', moving: { id: widget.id, layout: arrangement.layout } });
		const keys = 'Arrows move it, Shift and arrows change its size, Enter keeps it, Escape puts it back.';
		this.#say(`Moving ${titleOf(widget)}. ${keys}`);
		focusWidget(widget.id);
	}

	#keep(widget: Widget): void {
		const model = this.#model;
		const { arrangement } = model;
		const { moving } = model.state;
		if (moving?.id !== widget.id) return;
		if (JSON.stringify(moving.layout) === JSON.stringify(arrangement.layout)) {
			model.dispatch({ type: 'moving', moving: null });
		} else this.#edit(before => withLayout(before, arrangement.width, moving.layout));
		this.#say(`${titleOf(widget)} is placed.`);
	}

	#copy(widget: Widget): void {
		if (!this.#dashboard) return;
		const { dashboard, id } = withCopy(this.#dashboard, widget.id);
		this.#model.edit(dashboard);
		this.#say(`${titleOf(widget)} was duplicated.`);
		focusWidget(id);
	}

	#remove(widget: Widget): void {
		const { layout } = this.#model.arrangement;
		const next = (['down', 'right', 'up', 'left'] as const)
			.map(direction => neighbourOf(layout, widget.id, direction))
			.find(found => found !== undefined);
		this.#edit(before => withoutWidget(before, widget.id), `Removed ${titleOf(widget)}.`);
		if (next !== undefined) focusWidget(next);
	}
}

function widgetElement(id: string): HTMLElement | null {
	return document.querySelector<HTMLElement>(`[data-widget="${CSS.escape(id)}"]`);
}

/** Once it is drawn. */
function focusWidget(id: string): void {
	requestAnimationFrame(() => widgetElement(id)?.focus());
}
