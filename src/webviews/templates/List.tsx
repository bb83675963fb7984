import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import type { TemplateView } from '../../core/flow/templates/galleryProtocol';
import { categories } from './state';

export interface ListProps {
	readonly templates: readonly TemplateView[];
	readonly selected: string | null;
	readonly onPick: (id: string) => void;
	readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

export const listId = 'templates';

export function optionId(id: string): string {
	return `template-${id}`;
}

/** The templates that were found, by category. */
export function List({ templates, selected, onPick, onKeyDown }: ListProps): ReactElement {
	const list = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (selected === null) return;
		const option = list.current?.querySelector(`#${CSS.escape(optionId(selected))}`);
		option?.scrollIntoView?.({ block: 'nearest' });
	}, [selected]);
	return (
		<div
			ref={list}
			id={listId}
			className="list"
			role="listbox"
			aria-label="Templates"
			tabIndex={0}
			aria-activedescendant={selected === null ? undefined : optionId(selected)}
			onKeyDown={onKeyDown}
		>
			{categories(templates).map(category => (
				<div key={category} role="group" aria-label={category}>
					<h2 aria-hidden="true">{category}</h2>
					{templates
						.filter(template => template.category === category)
						.map(({ id, name, description }) => (
							<div
								key={id}
								id={optionId(id)}
								className="option"
								role="option"
								aria-selected={id === selected}
								onClick={() => onPick(id)}
							>
								<span className="option-name">{name}</span>
								<span className="option-description">{description}</span>
							</div>
						))}
				</div>
			))}
		</div>
	);
}
