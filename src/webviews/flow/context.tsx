import { createContext, useContext, type Context } from 'react';
import type { CanvasModel } from './canvas/model';
import type { Commands } from './commands/commands';
import type { Editor } from './state/editor';

const EditorContext = createContext<Editor | null>(null);
const CanvasContext = createContext<CanvasModel | null>(null);
const CommandsContext = createContext<Commands | null>(null);
export const EditorProvider = EditorContext.Provider;
export const CanvasProvider = CanvasContext.Provider;
export const CommandsProvider = CommandsContext.Provider;

export const useEditor = (): Editor => useGiven(EditorContext);
export const useCanvas = (): CanvasModel => useGiven(CanvasContext);
export const useCommands = (): Commands => useGiven(CommandsContext);

function useGiven<T>(context: Context<T | null>): T {
	const value = useContext(context);
	if (value === null) throw new Error('A part of the flow editor was used outside of it');
	return value;
}
