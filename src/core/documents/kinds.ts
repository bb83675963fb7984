/** Kinds of documents, by their extension. */
export const documentKinds = ['pdf', 'docx', 'xlsx', 'csv', 'tsv', 'html', 'htm', 'rtf', 'ipynb'] as const;
export type DocumentKind = (typeof documentKinds)[number];
/** Kinds of files that are text as they are. */
export const textKinds = ['txt', 'md', 'json', 'xml', 'log'] as const;
/** What is read for a program that uploads it. */
export const parsedKinds: readonly string[] = [...textKinds, ...documentKinds];

/** Bytes of the largest file that is read. */
export const documentLimit = 50_000_000;

/** The kind of a file of this name; other files are text or pictures, or are named by their path. */
export function documentKind(name: string): DocumentKind | undefined {
	const dot = name.lastIndexOf('.');
	const extension = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
	return documentKinds.find(kind => kind === extension);
}

/** Whether only a parser can say what stands in it. Tables and pages of a workspace are better read by their path. */
export function isOfficeFile(name: string): boolean {
	const kind = documentKind(name);
	return kind === 'pdf' || kind === 'docx' || kind === 'xlsx' || kind === 'ipynb';
}
