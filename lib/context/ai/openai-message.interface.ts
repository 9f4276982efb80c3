/**
 * One piece of what a message of OpenAI says.
 *
 * @publicApi
 */
export type OpenAiContentPart =
  | OpenAiTextPart
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data?: string; file_id?: string; filename?: string } };

/** Words in a message of OpenAI. @publicApi */
export interface OpenAiTextPart {
  type: 'text';
  text: string;
}

/** What a model would not say. @publicApi */
export interface OpenAiRefusalPart {
  type: 'refusal';
  refusal: string;
}

/** A model's request to run a tool, as OpenAI writes it. @publicApi */
export type OpenAiToolCall =
  | { id: string; type: 'function'; function: { name: string; arguments: string } }
  | { id: string; type: 'custom'; custom: { name: string; input: string } };

/** What a model said, as OpenAI writes it; the message of a completion is one. @publicApi */
export interface OpenAiAssistantMessage {
  role: 'assistant';
  content?: string | (OpenAiTextPart | OpenAiRefusalPart)[] | null;
  name?: string;
  refusal?: string | null;
  audio?: { id: string } | null;
  tool_calls?: OpenAiToolCall[];
  function_call?: { name: string; arguments: string } | null;
}

/**
 * A chat message of OpenAI: the same as `ChatCompletionMessageParam` of its package, which so need not be installed.
 *
 * @publicApi
 */
export type OpenAiMessage =
  | { role: 'system' | 'developer'; content: string | OpenAiTextPart[]; name?: string }
  | { role: 'user'; content: string | OpenAiContentPart[]; name?: string }
  | OpenAiAssistantMessage
  | { role: 'tool'; content: string | OpenAiTextPart[]; tool_call_id: string }
  | { role: 'function'; content: string | null; name: string };
