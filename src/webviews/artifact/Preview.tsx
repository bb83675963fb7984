import { lazy, Suspense, type ReactElement } from 'react';
import { artifactKind, type Artifact } from '../../core/artifacts/artifact';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { Markdown, type MarkdownActions } from '../shared/components/Markdown';
import { ProgressRing } from '../shared/components/toolkit';
import { DataTable } from './DataTable';
import { JsonTree } from './JsonTree';

// Their libraries are large, and most artifacts need neither.
const Diagram = lazy(async () => ({ default: (await import('./Diagram')).Diagram }));
const ChartView = lazy(async () => ({ default: (await import('./ChartView')).ChartView }));

export interface PreviewProps {
	readonly artifact: Artifact;
	/** Must keep its identity, or Markdown is built again. */
	readonly actions: MarkdownActions;
}

/** What an artifact looks like. HTML has a page of its own, with a policy of its own. */
export function Preview({ artifact, actions }: PreviewProps): ReactElement {
	return <Suspense fallback={<ProgressRing label="Drawing" />}>{shown(artifact, actions)}</Suspense>;
}

function shown(artifact: Artifact, actions: MarkdownActions): ReactElement {
	const { text, language } = artifact;
	switch (artifactKind(artifact)) {
		case 'svg':
			return <Picture svg={text} />;
		case 'mermaid':
			return <Diagram text={text} />;
		case 'markdown':
			return <Markdown text={text} actions={actions} />;
		case 'chart':
			return <ChartView text={text} />;
		case 'table':
			return <DataTable text={text} isTabbed={language === 'tsv'} />;
		case 'json':
			return <JsonTree text={text} />;
		default:
			return <HighlightedCode code={text} language={language} label="Source" />;
	}
}

/** As an image an SVG runs no script and loads nothing. */
export function Picture({ svg, label = 'Picture' }: { readonly svg: string; readonly label?: string }): ReactElement {
	const named = svg.includes('xmlns=') ? svg : svg.replace(/<svg/iu, '<svg xmlns="http://www.w3.org/2000/svg"');
	return <img className="artifact-picture" alt={label} src={`data:image/svg+xml;utf8,${encodeURIComponent(named)}`} />;
}
