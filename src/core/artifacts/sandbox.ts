import type { Artifact } from './artifact';

/** What keys do in VS Code wherever one is. Without them the keyboard would be caught in the frame of a page. */
export const sandboxKeys = ['palette', 'files', 'close', 'nextPart', 'previousPart', 'nextTab', 'previousTab'] as const;

/** What the page around an HTML artifact asks of the host. */
export type SandboxMessage =
	/** Where a link that the user pressed leads. */
	| { readonly kind: 'link'; readonly href: string }
	| { readonly kind: 'key'; readonly key: (typeof sandboxKeys)[number] };

/**
 * An HTML artifact in a frame of its own, as the whole of a webview. The frame has no origin, so it reaches neither the
 * webview around it nor VS Code; and it inherits the policy of this page, whatever it says itself: it runs its own
 * scripts and shows its own pictures, and nothing else. No network, no frames, no forms that leave, no way to another
 * address.
 */
export function sandboxedHtml(artifact: Artifact, title: string): string {
	const policy = [
		"default-src 'none'",
		"script-src 'unsafe-inline'",
		"style-src 'unsafe-inline'",
		'img-src data: blob:',
		'font-src data:',
		'media-src data: blob:',
		"frame-src 'none'",
		"form-action 'none'",
		"base-uri 'none'",
	].join('; ');
	const frame = attribute(`<!DOCTYPE html><meta charset="utf-8">${frameHead}${artifact.text}`);
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${attribute(title)}</title>
<style>${style}</style>
</head>
<body>
<p role="status" hidden></p>
<iframe title="${attribute(title)}" sandbox="allow-scripts allow-forms allow-pointer-lock" srcdoc="${frame}"></iframe>
<script>(${pageScript})(${script({ artifact })})</script>
</body>
</html>`;
}

function attribute(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** A value as JavaScript that no HTML parser takes for the end of the script. */
function script(value: unknown): string {
	return JSON.stringify(value)
		.replaceAll('<', '\\u003c')
		.replaceAll('\u2028', '\\u2028')
		.replaceAll('\u2029', '\\u2029');
}

const style = `html, body { height: 100%; margin: 0; padding: 0; overflow: hidden }
body { display: flex; flex-direction: column }
p { margin: 0; padding: 6px 12px; font-family: var(--vscode-font-family, sans-serif); font-size: 12px; overflow-wrap: anywhere;
color: var(--vscode-inputValidation-infoForeground, var(--vscode-foreground)); background: var(--vscode-inputValidation-infoBackground, transparent);
border-bottom: 1px solid var(--vscode-inputValidation-infoBorder, transparent) }
iframe { display: block; flex: 1; width: 100%; min-height: 0; border: 0; background: #fff; color-scheme: light }`;

/**
 * Runs around the frame. It keeps what a reload of the window needs, tells the user what was not loaded, and passes on
 * links and keys that are pressed: `userActivation` is the browser's own word that a person did something.
 */
const pageScript = `state => {
	const api = acquireVsCodeApi();
	api.setState(state);
	const frame = document.querySelector('iframe');
	const bar = document.querySelector('p');
	const blocked = new Set();
	const hasLeft = { is: false };
	const show = () => {
		const list = [...blocked].slice(0, 5).join(', ') + (blocked.size > 5 ? ' and more' : '');
		bar.textContent = hasLeft.is
			? 'The page tried to leave for another address, and was stopped. Open it again to go on.'
			: 'Pages of an answer load nothing from the network. Left out: ' + list + '.';
		bar.hidden = false;
	};
	const note = address => {
		if (blocked.size > 50 || typeof address !== 'string') return;
		let name = address.slice(0, 60);
		// What is no address (inline, data) keeps its own words.
		if (URL.canParse(address)) name = new URL(address).host || name;
		if (name === '' || name === 'inline' || name === 'eval') return;
		blocked.add(name);
		show();
	};
	addEventListener('securitypolicyviolation', event => {
		if (!event.effectiveDirective.startsWith('frame-src')) return;
		hasLeft.is = true;
		show();
	});
	addEventListener('message', ({ source, data }) => {
		if (source !== frame.contentWindow || typeof data !== 'object' || data === null) return;
		if ('blocked' in data) note(data.blocked);
		if (!navigator.userActivation.isActive) return;
		if (typeof data.href === 'string') api.postMessage({ kind: 'link', href: data.href });
		if (typeof data.key === 'string') api.postMessage({ kind: 'key', key: data.key });
	});
}`;

/**
 * Runs in the frame before the artifact. What it takes away has no policy of its own in browsers; what it adds lets pages
 * work that were written for a site: storage for as long as the page is open, links within it, links that lead out; and
 * the few keys that lead out of it, where the page has no use of its own for them.
 */
const frameScript = `(() => {
	const page = parent;
	const tell = data => page.postMessage(data, '*');
	for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'WebTransport'])
		if (name in window) Object.defineProperty(window, name, { value: undefined });
	const frames = 'iframe, frame, object, embed, fencedframe, portal';
	new MutationObserver(changes => {
		for (const { addedNodes } of changes)
			for (const node of addedNodes) {
				if (node.nodeType !== 1) continue;
				if (node.matches(frames)) node.remove();
				else for (const inner of node.querySelectorAll(frames)) inner.remove();
			}
	}).observe(document, { childList: true, subtree: true });
	const storage = () => {
		const kept = new Map();
		return {
			getItem: key => kept.get(String(key)) ?? null,
			setItem: (key, value) => void kept.set(String(key), String(value)),
			removeItem: key => void kept.delete(String(key)),
			clear: () => kept.clear(),
			key: at => [...kept.keys()][at] ?? null,
			get length() { return kept.size },
		};
	};
	for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { value: storage() });
	addEventListener('securitypolicyviolation', event => tell({ blocked: event.blockedURI }));
	addEventListener('click', event => {
		const link = event.target instanceof Element ? event.target.closest('a, area') : null;
		const href = link?.getAttribute('href') ?? link?.getAttribute('xlink:href');
		if (!href || event.defaultPrevented || /^\\s*javascript:/i.test(href)) return;
		event.preventDefault();
		if (href.startsWith('#')) location.hash = href;
		else if (/^(https?:|mailto:)/i.test(href)) tell({ href });
	});
	const keys = {
		f1: 'palette', 'mod+shift+p': 'palette', 'mod+p': 'files', 'mod+w': 'close', f6: 'nextPart', 'shift+f6': 'previousPart',
		'mod+pagedown': 'nextTab', 'mod+pageup': 'previousTab',
	};
	const isMac = /^Mac/.test(navigator.platform);
	addEventListener('keydown', event => {
		const mod = isMac ? event.metaKey : event.ctrlKey;
		const pressed = (mod ? 'mod+' : '') + (event.shiftKey ? 'shift+' : '') + event.key.toLowerCase();
		if (event.defaultPrevented || event.altKey || !Object.hasOwn(keys, pressed)) return;
		event.preventDefault();
		tell({ key: keys[pressed] });
	});
})()`;

/** A white sheet, as a browser shows it: pages that set no colours of their own expect one. */
const frameHead = `<style>html{background:#fff;color:#000;color-scheme:light}</style><script>${frameScript}</script>`;
