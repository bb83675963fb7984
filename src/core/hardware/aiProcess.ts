/** Programs that run models or agents, by the name of the program itself. */
const programs =
	/^(ollama|llama|lms$|lm.?studio|claude|codex|aider|comfy|vllm|koboldcpp|local-?ai|jan$|gpt4all|whisper|piper|tritonserver|text-generation|mlx|exo$|n8n)/i;
/** Programs that run anything: what they run tells. */
const runners = /^(python|node|bun|deno|uv|java|electron|conda|docker|MainThread)/i;
const work =
	/\b(ollama|llama|vllm|sglang|torch|tensorflow|transformers|diffusers|comfyui|stable-diffusion|whisper|langchain|litellm|jupyter|claude|anthropic|openai|mcp|modelcontextprotocol|n8n|quarterdeck)/i;

/** Whether a program may be one that runs models or agents, so that its command line is worth a look. */
export function mayRunModels(name: string): boolean {
	return runners.test(name);
}

/** Whether a process runs models or agents, by its name and, where it runs anything, by its command line. */
export function runsModels(name: string, command: string | undefined): boolean {
	return programs.test(name) || (runners.test(name) && command !== undefined && work.test(command));
}
