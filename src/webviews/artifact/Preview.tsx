import { lazy, Suspense, type ReactElement } from 'react';
import { artifactKind, type Artifact } from '../../core/artifacts/artifact';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { Markdown, type MarkdownActions } from '../shared/components/Markdown';
import { ProgressRing } from '../shared/components/toolkit';
import { DataTable } from './DataTable';
import { Diagram, type DrawDiagram } from './Diagram';
import { JsonTree } from './JsonTree';
import { Picture } from './Picture';

// Its library is large, and most artifacts do not need it.
const ChartView = lazy(async () => ({ default: (await import('./ChartView')).ChartView }));

export interface PreviewProps {
	readonly artifact: Artifact;
	/** Must keep its identity, or Markdown is built again. */
	readonly actions: PreviewActions;
}

export type PreviewActions = MarkdownActions & { readonly draw: DrawDiagram };

/** What an artifact looks like. HTML has a page of its own, with a policy of its own. */
export function Preview({ artifact, actions }: PreviewProps): ReactElement {
	return <Suspense fallback={<ProgressRing label="Drawing" />}>{shown(artifact, actions)}</Suspense>;
}

function shown(artifact: Artifact, actions: PreviewActions): ReactElement {
	const { text, language } = artifact;
	switch (artifactKind(artifact)) {
		case 'svg':
			return <Picture svg={text} />;
		case 'mermaid':
			return <Diagram text={text} draw={actions.draw} />;
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
