import { renderMermaidSVG } from 'beautiful-mermaid';
import { useMemo, type ReactElement } from 'react';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { Picture } from './Preview';

/** A Mermaid diagram in the theme's colours, or its source with what is wrong. */
export function Diagram({ text }: { readonly text: string }): ReactElement {
	const drawn = useMemo(() => draw(text), [text]);
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

function draw(text: string): { readonly svg: string } | { readonly svg: null; readonly problem: string } {
	const style = getComputedStyle(document.body);
	const colour = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
	try {
		const svg = renderMermaidSVG(text, {
			bg: colour('--vscode-editor-background', '#ffffff'),
			fg: colour('--vscode-editor-foreground', '#000000'),
			line: colour('--vscode-descriptionForeground', '#666666'),
			muted: colour('--vscode-descriptionForeground', '#666666'),
			border: colour('--vscode-descriptionForeground', '#666666'),
			accent: colour('--vscode-textLink-foreground', '#0066bf'),
			font: 'sans-serif',
			transparent: true,
		});
		// The library asks for a web font first; nothing remote is ever loaded.
		return { svg: svg.replaceAll(/@import url\([^)]*\);?/gu, '') };
	} catch (error) {
		return { svg: null, problem: error instanceof Error ? error.message : String(error) };
	}
}
