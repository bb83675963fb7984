import { commandOf, type CommandId } from '../../../core/flow/editorCommands';
import type { Editor } from '../state/editor';
import { isTyping, type Action, type CommandContext } from './action';
import { arrangeCommands } from './arrange';
import { clipboardCommands } from './clipboard';
import { editCommands } from './edit';
import { goCommands } from './go';
import { panelCommands } from './panels';
import { runCommands } from './run';
import { selectCommands } from './select';
import { viewCommands } from './view';

/** Everything that can be done, by id: from keys, menus, buttons and the host. */
export class Commands {
	readonly #actions: Readonly<Record<CommandId, Action>>;
	readonly #editor: Editor;

	constructor(context: CommandContext) {
		this.#editor = context.editor;
		this.#actions = {
			...editCommands(context),
			...clipboardCommands(context),
			...selectCommands(context),
			...goCommands(context),
			...arrangeCommands(context),
			...viewCommands(context),
			...panelCommands(context),
			...runCommands(context),
		};
	}

	/** Does it, unless the document cannot be changed or a text is being typed. */
	run(id: CommandId): boolean {
		if (!Object.hasOwn(this.#actions, id)) return false;
		const { scope, isEdit = false } = commandOf(id);
		if (scope === 'canvas' && isTyping()) return false;
		if (isEdit && !this.#editor.canEdit) {
			const { reason, textError } = this.#editor.doc.get();
			this.#editor.say(
				textError ? 'The text of the flow has to be mended first.' : (reason ?? 'This flow is read-only.'),
			);
			return false;
		}
		Promise.resolve(this.#actions[id]()).catch((error: unknown) => this.#editor.fail(error));
		return true;
	}
}
