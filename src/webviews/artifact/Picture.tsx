import { useState, type ReactElement } from 'react';
import { HighlightedCode } from '../shared/components/CodeBlock';

/** As an image an SVG runs no script and loads nothing. */
export function Picture({ svg, label = 'Picture' }: { readonly svg: string; readonly label?: string }): ReactElement {
	const [broken, setBroken] = useState<string | null>(null);
	if (broken === svg) {
		return (
			<>
				<p className="artifact-failure" role="alert">
					This is not an SVG picture that can be drawn: a tag may be missing its end.
				</p>
				<HighlightedCode code={svg} language="xml" label="Source" />
			</>
		);
	}
	const source = `data:image/svg+xml;utf8,${encodeURIComponent(named(svg).replaceAll(/\p{Cs}/gu, '\uFFFD'))}`;
	return <img className="artifact-picture" alt={label} src={source} onError={() => setBroken(svg)} />;
}

/** Without the name of its language a browser takes it for some XML. */
function named(svg: string): string {
	const tag = /<svg\b[^>]*>/iu.exec(svg)?.[0] ?? '';
	return /\sxmlns=/u.test(tag) ? svg : svg.replace(/<svg\b/iu, '<svg xmlns="http://www.w3.org/2000/svg"');
}
