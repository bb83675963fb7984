import { useEffect, useState, type ReactElement } from 'react';
import type { DiagramColours } from '../../core/artifacts/diagram';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { ProgressRing } from '../shared/components/toolkit';
import { Picture } from './Picture';
import { cssColour, useThemeCount } from '../shared/theme';

/** Draws a diagram in the host; rejects with what is wrong with it. */
export type DrawDiagram = (text: string, colours: DiagramColours) => Promise<string>;

interface Drawn {
	readonly text: string;
	readonly theme: number;
	/** The newest picture there is: it stays while the next one is drawn. */
	readonly svg: string | null;
	readonly problem: string | null;
}

/** A Mermaid diagram in the theme's colours, or its source with what is wrong. */
export function Diagram({ text, draw }: { readonly text: string; readonly draw: DrawDiagram }): ReactElement {
	const theme = useThemeCount();
	const [drawn, setDrawn] = useState<Drawn | null>(null);
	useEffect(() => {
		let isOld = false;
		draw(text, colours()).then(
			svg => {
				if (!isOld) setDrawn({ text, theme, svg, problem: null });
			},
			(error: unknown) => {
				const problem = error instanceof Error ? error.message : String(error);
				if (!isOld) setDrawn({ text, theme, svg: null, problem });
			},
		);
		return () => {
			isOld = true;
		};
	}, [text, theme, draw]);
	if (drawn === null) return <ProgressRing label="Drawing" />;
	if (drawn.svg !== null) return <Picture svg={drawn.svg} label="Diagram" />;
	return (
		<>
			<p className="artifact-failure" role="alert">
				This diagram cannot be drawn: {drawn.problem}. Flowcharts, state, sequence, class, entity and XY diagrams can.
			</p>
			<HighlightedCode code={text} language="mermaid" label="Source" />
		</>
	);
}

function colours(): DiagramColours {
	return {
		background: cssColour('--vscode-editor-background', '#ffffff'),
		foreground: cssColour('--vscode-editor-foreground', '#000000'),
		line: cssColour('--vscode-descriptionForeground', '#666666'),
		accent: cssColour('--vscode-textLink-foreground', '#0066bf'),
	};
}
