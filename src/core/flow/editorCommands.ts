/** Where a command makes sense. `canvas`: not while a text is typed; `page`: anywhere in the editor. */
export type CommandScope = 'canvas' | 'page';

export interface EditorCommand {
	readonly title: string;
	/** The default key in VS Code's notation, which users may rebind; '' for none. `mod` is Cmd on a Mac, else Ctrl. */
	readonly key: string;
	readonly scope: CommandScope;
	/** It changes the document. */
	readonly isEdit?: boolean;
}

const canvas = (title: string, key = ''): EditorCommand => ({ title, key, scope: 'canvas' });
const edit = (title: string, key = ''): EditorCommand => ({ title, key, scope: 'canvas', isEdit: true });
const page = (title: string, key = ''): EditorCommand => ({ title, key, scope: 'page' });

/**
 * Everything that can be done in the editor of a flow, by an id that stays. The host contributes one command each,
 * `quarterdeck.flow.<id>`, with these keys; where no host does so, the page hears the keys itself.
 */
export const editorCommands = {
	'add.node': edit('Add Node…', 'tab'),
	'add.after': edit('Add Node After Selection…', 'shift+tab'),
	'add.note': edit('Add Note', 'n'),
	connect: edit('Connect Selected Node…', 'c'),
	disconnect: edit('Disconnect Selected Nodes', 'shift+c'),
	delete: edit('Delete Selection', 'delete'),
	'delete.reconnect': edit('Delete and Reconnect Neighbours', 'mod+delete'),
	cut: edit('Cut Selection'),
	copy: canvas('Copy Selection'),
	'copy.n8n': canvas('Copy Selection for n8n'),
	paste: edit('Paste'),
	'paste.connected': edit('Paste With Incoming Edges', 'mod+shift+v'),
	duplicate: edit('Duplicate Selection', 'mod+d'),
	rename: edit('Rename Node', 'f2'),
	group: edit('Group Selection', 'mod+g'),
	ungroup: edit('Ungroup', 'mod+shift+g'),
	fold: canvas('Fold or Unfold Group', 'shift+g'),
	mute: edit('Mute or Unmute', 'm'),
	bypass: edit('Bypass or Stop Bypassing', 'b'),
	extract: edit('Extract Selection to Sub-Flow…'),
	definition: canvas('Go to Definition', 'f12'),
	'open.text': page('Show as Text'),
	'select.all': canvas('Select All', 'mod+a'),
	'select.none': canvas('Clear Selection', 'escape'),
	'select.upstream': canvas('Select Everything Before', 'shift+u'),
	'select.downstream': canvas('Select Everything After', 'shift+d'),
	'select.connected': canvas('Select Everything Connected', 'shift+k'),
	'select.invert': canvas('Invert Selection'),
	'go.left': canvas('Go to Node on the Left', 'left'),
	'go.right': canvas('Go to Node on the Right', 'right'),
	'go.up': canvas('Go to Node Above', 'up'),
	'go.down': canvas('Go to Node Below', 'down'),
	'go.first': canvas('Go to First Node', 'home'),
	'go.last': canvas('Go to Last Node', 'end'),
	'extend.left': canvas('Extend Selection to the Left', 'shift+left'),
	'extend.right': canvas('Extend Selection to the Right', 'shift+right'),
	'extend.up': canvas('Extend Selection Up', 'shift+up'),
	'extend.down': canvas('Extend Selection Down', 'shift+down'),
	'move.left': edit('Move Selection Left', 'mod+left'),
	'move.right': edit('Move Selection Right', 'mod+right'),
	'move.up': edit('Move Selection Up', 'mod+up'),
	'move.down': edit('Move Selection Down', 'mod+down'),
	'align.left': edit('Align Left Edges', 'alt+a l'),
	'align.right': edit('Align Right Edges', 'alt+a r'),
	'align.top': edit('Align Top Edges', 'alt+a t'),
	'align.bottom': edit('Align Bottom Edges', 'alt+a b'),
	'align.center': edit('Align Centres in a Column', 'alt+a c'),
	'align.middle': edit('Align Middles in a Row', 'alt+a m'),
	'distribute.horizontal': edit('Distribute Horizontally', 'alt+a h'),
	'distribute.vertical': edit('Distribute Vertically', 'alt+a v'),
	'layout.all': edit('Tidy Up the Whole Flow', 'mod+shift+l'),
	'layout.selection': edit('Tidy Up Selection'),
	'zoom.in': canvas('Zoom In', 'mod+='),
	'zoom.out': canvas('Zoom Out', 'mod+-'),
	'zoom.reset': canvas('Zoom to 100 %', 'mod+0'),
	'zoom.fit': canvas('Zoom to Fit', 'shift+1'),
	'zoom.selection': canvas('Zoom to Selection', 'shift+2'),
	snap: canvas('Snap to Grid and Guides', 'g'),
	minimap: page('Show or Hide Minimap'),
	palette: page('Show or Hide Node Palette', 'mod+shift+a'),
	inspector: page('Show or Hide Inspector', 'mod+i'),
	'inspector.focus': canvas('Edit Parameters of Selected Node', 'enter'),
	'canvas.focus': page('Back to the Graph', 'mod+shift+escape'),
	list: page('Show the Flow as a List', 'mod+shift+o'),
	problems: page('Show Problems of the Flow'),
	'problems.next': canvas('Go to Next Problem', 'f8'),
	find: page('Find in Flow', 'mod+f'),
	menu: canvas('Show Menu of Selection', 'shift+f10'),
	'run.all': page('Run Flow', 'f5'),
	'run.again': page('Run With the Last Inputs', 'mod+f5'),
	'run.toHere': canvas('Run to Here', 'mod+enter'),
	'run.fromHere': canvas('Run From Here'),
	'run.only': canvas('Run Only This Node', 'alt+enter'),
	'run.stop': page('Stop Run', 'shift+f5'),
	'run.pause': page('Pause or Continue Run', 'f6'),
	'run.stepOver': page('Step Over', 'f10'),
	'run.stepInto': page('Step Into', 'f11'),
	breakpoint: canvas('Toggle Breakpoint', 'f9'),
	pin: canvas('Pin or Unpin Last Outputs', 'p'),
	runs: page('Show Runs of the Flow'),
	values: page('Show Values of Selected Node'),
} as const satisfies Readonly<Record<string, EditorCommand>>;

export type CommandId = keyof typeof editorCommands;

/** Ids in the order of the table. */
export const commandIds = Object.keys(editorCommands) as readonly CommandId[];

/** What is known of a command. */
export function commandOf(id: CommandId): EditorCommand {
	return editorCommands[id];
}
