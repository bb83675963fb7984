import type { AttachmentView } from '../items';
import type { Intent } from './rules';

/** Words that ask for something to be done to files or the machine, in the languages that are written to us most. */
const doing =
	/\b(add|apply|build|bump|change|clean|commit|convert|create|debug|delete|deploy|edit|extract|fix|format|generate|implement|install|lint|make|merge|migrate|move|optimi[sz]e|patch|port|push|rebase|refactor|release|remove|rename|replace|resolve|revert|rewrite|run|scaffold|set up|simplify|split|start|stop|test|translate|undo|uninstall|update|upgrade|write)\b|\b(baue?|behebe?|ändere?|erstelle?|führe?|lösche?|schreibe?|teste?)\b|\b(ajoute|corrige|crée|écris|exécute|lance|supprime)\b|\b(añade|arregla|borra|corrige|crea|ejecuta|escribe)\b/iu;
/** What such words are about: without one of these, “write a poem” is talk. */
const workspace =
	/\b(api|app|branch|bug|build|ci|class|code|codebase|commit|component|config|container|database|dependenc(y|ies)|diff|directory|docker|endpoint|error|file|folder|function|git|import|lint(er)?|log|migration|module|package|pipeline|project|pull request|readme|repo(sitory)?|schema|script|server|suite|terminal|tests?|types?|workspace|datei|ordner|fehler|projekt|fichier|dossier|projet|archivo|carpeta|proyecto)\b/iu;
/** A path, a file's name, or code. */
const concrete =
	/(^|[\s`"'(])(\.{0,2}\/)?[\w.-]+\/[\w./-]+|\b[\w-]+\.(c|cpp|cs|css|go|html?|java|js|json|jsx|kt|md|mjs|php|py|rb|rs|sh|sql|swift|toml|ts|tsx|vue|xml|ya?ml)\b|```/iu;
const looking =
	/\b(this|our|my|the) (code|codebase|file|folder|project|repo(sitory)?|workspace)\b|\b(uncommitted|diff|git status)\b/iu;

/** What a prompt wants, and the reason in a few words. It is read from its words alone: no model is asked. */
export function intentOf(
	text: string,
	attachments: readonly AttachmentView[],
): { readonly intent: Intent; readonly why: string } {
	if (attachments.some(({ kind }) => kind === 'file' || kind === 'selection' || kind === 'symbol'))
		return { intent: 'act', why: 'a file is attached' };
	if (text.startsWith('/')) return { intent: 'act', why: 'it is a command' };
	if (concrete.test(text)) return { intent: 'act', why: 'it names a file or shows code' };
	const verb = doing.exec(text)?.[0];
	if (verb !== undefined && workspace.test(text)) return { intent: 'act', why: `it says “${verb.trim()}”` };
	if (looking.test(text)) return { intent: 'act', why: 'it is about this workspace' };
	return { intent: 'talk', why: 'it names nothing of this workspace' };
}
