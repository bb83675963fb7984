/** The library's own types declare a module of another name. */
declare module '@mixmark-io/domino' {
	const domino: { createDocument(html: string, isForced?: boolean): Document };
	export default domino;
}
