import type { Artifact } from './artifact';
import type { DiagramColours } from './diagram';

/** Between the page that shows an artifact and the host. */
export interface ArtifactPageContract {
	requests: {
		/**
		 * What the page shows. A page that VS Code brings back after a reload names what it had; the host takes it only
		 * where it has nothing newer.
		 */
		open: { params: { readonly kept: Artifact | null }; result: Artifact };
		/** Draws a Mermaid diagram: the SVG. Of several questions the newest is answered, the others are given up. */
		draw: { params: { readonly text: string; readonly colours: DiagramColours }; result: string };
		/** Opens the text in an editor; the page follows what is changed there. */
		edit: { params: null; result: void };
		save: { params: null; result: void };
		copy: { params: { readonly text: string }; result: void };
		openLink: { params: { readonly href: string }; result: void };
	};
	events: { changed: Artifact };
}
