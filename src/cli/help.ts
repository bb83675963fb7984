import type { CommandSpec } from './command';

/** The list of commands, and what holds for all of them. */
export function programHelp(commands: readonly CommandSpec[]): string {
	const width = Math.max(...commands.map(({ name }) => name.length));
	const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
	return `Runs and checks flows without the editor.

Usage: quarterdeck COMMAND [options]

Commands:
${list}

\`quarterdeck COMMAND --help\` says more of each.

Ends with:
  0    it did what was asked
  1    the run or a test failed, a file has problems, or two flows differ
  2    it was called in a way that it does not understand
  3    the gate refused a call that the flow needed
  4    a cap was reached: steps, time, tokens or money
  5    somebody is needed who is not there; \`quarterdeck resume\` goes on
  130  ended by Ctrl+C; 143 by a signal to end

Keys come from the environment and nowhere else:
  OPENAI_API_KEY, OPENROUTER_API_KEY, GROQ_API_KEY, XAI_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY, DEEPSEEK_API_KEY,
  TOGETHER_API_KEY, HUGGINGFACE_API_KEY, COHERE_API_KEY
                            of these services; one whose key is set can be used as PROVIDER/MODEL
  QUARTERDECK_KEY_<ID>      of a provider of --providers
  QUARTERDECK_SECRET_<NAME> a secret of flows: github-token is QUARTERDECK_SECRET_GITHUB_TOKEN
  QUARTERDECK_MODEL         the model of nodes that name none, as PROVIDER/MODEL
  QUARTERDECK_CLAUDE        path of the Claude CLI, where it is not found by itself
  QUARTERDECK_HOME          where ledger and runs are kept; ~/.quarterdeck without it
  OLLAMA_HOST               where Ollama listens
`;
}
