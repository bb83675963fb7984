/**
 * An HTML artifact as the whole of a page of its own. Its policy lets it run its own scripts and show its own pictures,
 * and nothing else: no network, no frames, no forms that leave. It is put first, so that nothing stands before it.
 */
export function sandboxedHtml(html: string): string {
	const policy = [
		"default-src 'none'",
		"script-src 'unsafe-inline'",
		"style-src 'unsafe-inline'",
		'img-src data: blob:',
		'font-src data:',
		'media-src data: blob:',
		"form-action 'none'",
		"base-uri 'none'",
	].join('; ');
	const meta = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`;
	// A white sheet, as a browser shows it: pages that set no colours of their own expect one.
	const sheet = '<style>html{background:#fff;color:#000;color-scheme:light}</style>';
	return `<!DOCTYPE html><html><head>${meta}${sheet}</head><body>${html}</body></html>`;
}
