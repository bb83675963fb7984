import * as vscode from 'vscode';
import type { Clock } from '../../../core/base/clock';
import { Emitter } from '../../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../../core/base/lifecycle';

const pauseMs = 2000;

/** Knows whether the user is typing in an editor, so that nothing opens under their fingers. */
export class TypingWatch extends Owner {
	readonly #paused = this.own(new Emitter<void>());
	readonly onDidPause = this.#paused.event;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#isTyping = false;

	constructor(clock: Clock) {
		super();
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				const active = vscode.window.activeTextEditor?.document;
				// Dirty: a tool that writes the file on disk changes the document too, and leaves it clean.
				if (document !== active || contentChanges.length === 0 || !document.isDirty) return;
				this.#isTyping = true;
				this.#timer.value = clock.after(pauseMs, () => {
					this.#isTyping = false;
					this.#paused.fire();
				});
			}),
		);
	}

	get isTyping(): boolean {
		return this.#isTyping;
	}
}
