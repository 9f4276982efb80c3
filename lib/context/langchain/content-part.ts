import { recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { mediaOf, urlOf } from '../conversion/media-part.js';
import type { Media } from '../conversion/media-part.js';
import { textOf } from '../conversion/text-of.js';

/** The AI SDK's parts of these types say nothing to a model of LangChain. */
const SILENT = ['tool-call', 'tool-result', 'tool-approval-request', 'tool-approval-response'];
const SPOKEN = ['json', 'error-text', 'error-json', 'execution-denied', 'refusal'];
const FILES = ['media', 'image-data', 'file-data', 'image-url', 'file-url'];

/** What a part is for LangChain, which takes any part: those of the AI SDK are put in its words. @internal */
export function contentPart(part: JsonRecord): JsonRecord | undefined {
  const type = textField(part, 'type') ?? '';
  if (SILENT.includes(type)) return undefined;
  if (type === 'reasoning') return reasoningPart(part);
  if (SPOKEN.includes(type)) return textPart(part);
  const isFromAiSdk = textField(part, 'image') ?? textField(part, 'mediaType');
  const media = FILES.includes(type) || isFromAiSdk !== undefined ? mediaOf(part) : undefined;
  return (media && mediaPart(media)) ?? part;
}

function reasoningPart(part: JsonRecord): JsonRecord {
  const reasoning = textField(part, 'text');
  return reasoning === undefined || textField(part, 'reasoning') !== undefined
    ? part
    : { type: 'reasoning', reasoning };
}

function textPart(part: JsonRecord): JsonRecord {
  const text = textOf(part);
  return text === undefined ? part : { type: 'text', text };
}

/** The shapes that version 0.3 and 1 both give to the providers. */
function mediaPart(media: Media): JsonRecord | undefined {
  const { isImage, data, url, mediaType, filename } = media;
  if (isImage) {
    const shown = urlOf({ ...media, mediaType: mediaType ?? 'image/png' });
    return shown === undefined ? undefined : { type: 'image_url', image_url: { url: shown } };
  }
  const type = mediaType?.startsWith('audio/') === true ? 'audio' : 'file';
  const metadata = filename === undefined ? undefined : { filename };
  if (data !== undefined) return recordOf({ type, source_type: 'base64', data, mime_type: mediaType, metadata });
  return url === undefined ? undefined : recordOf({ type, source_type: 'url', url, mime_type: mediaType, metadata });
}
