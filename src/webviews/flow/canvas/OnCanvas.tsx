import { useStore } from 'reactflow';
import { useMemo, type ReactElement, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/**
 * Draws in points of the canvas, above the cards. React Flow's own portal looks for its place among all cards at every
 * step of a pan; here it is looked for once.
 */
export function OnCanvas({ children }: { readonly children: ReactNode }): ReactElement | null {
	const surface = useStore(state => state.domNode);
	const place = useMemo(() => surface?.querySelector('.react-flow__viewport-portal') ?? null, [surface]);
	return place && createPortal(children, place);
}
