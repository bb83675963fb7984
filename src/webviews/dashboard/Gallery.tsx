import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { widgetGroups, type WidgetDefinition, type WidgetGroup } from '../../core/dashboard/widget';
import { widgetDefinitions } from '../../core/dashboard/widgets/catalog';
import { Codicon } from '../shared/components/Codicon';
import { SidePane } from './SidePane';

const groupTitles: Readonly<Record<WidgetGroup, string>> = {
	machine: 'Machine',
	agents: 'Agents and costs',
	services: 'Services',
	other: 'Other',
};

/** All widgets that there are, to be added by a press. */
export function Gallery({
	onAdd,
	onClose,
	isFull,
}: {
	readonly onAdd: (definition: WidgetDefinition) => void;
	readonly onClose: () => void;
	/** There is no room for another one. */
	readonly isFull: boolean;
}): ReactElement {
	const [words, setWords] = useState('');
	const search = useRef<HTMLInputElement>(null);
	useEffect(() => search.current?.focus(), []);
	const found = useMemo(() => foundWidgets(words), [words]);
	return (
		<SidePane title="Add Widget" onClose={onClose}>
			<input
				ref={search}
				type="search"
				className="form-input"
				placeholder="Search widgets"
				aria-label="Search widgets"
				value={words}
				onChange={event => setWords(event.currentTarget.value)}
			/>
			{isFull && <p className="form-problem">This dashboard is full: remove a widget first.</p>}
			<p className="visually-hidden" role="status">
				{words === '' ? '' : `${found.length} found`}
			</p>
			{found.length === 0 && <p className="muted">No widget is called so.</p>}
			{widgetGroups.map(group => {
				const widgets = found.filter(definition => definition.group === group);
				if (widgets.length === 0) return null;
				return (
					<section key={group} aria-label={groupTitles[group]}>
						<h3>{groupTitles[group]}</h3>
						<ul className="gallery-list">
							{widgets.map(definition => (
								<li key={definition.kind}>
									<button
										type="button"
										className="gallery-entry"
										data-kind={definition.kind}
										disabled={isFull}
										onClick={() => onAdd(definition)}
									>
										<Codicon name={definition.icon} />
										<span>
											<strong>{definition.title}</strong>
											<span className="gallery-about">{definition.description}</span>
										</span>
									</button>
								</li>
							))}
						</ul>
					</section>
				);
			})}
		</SidePane>
	);
}

function foundWidgets(text: string): readonly WidgetDefinition[] {
	const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
	return widgetDefinitions.filter(({ title, description, kind }) => {
		const about = `${title} ${description} ${kind}`.toLowerCase();
		return words.every(word => about.includes(word));
	});
}
