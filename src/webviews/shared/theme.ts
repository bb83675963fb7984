/** Whether the user asked VS Code or the system for less motion: then nothing scrolls or spins by itself. */
export function prefersReducedMotion(): boolean {
	return (
		document.body.classList.contains('vscode-reduce-motion') ||
		window.matchMedia('(prefers-reduced-motion: reduce)').matches
	);
}
