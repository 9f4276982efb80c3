import type { ContextMessage } from '../context-message.interface.js';
import { fieldOf, recordField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { mediaOf, urlOf } from '../conversion/media-part.js';
import type { Media } from '../conversion/media-part.js';
import { textOf } from '../conversion/text-of.js';

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
};

/** A content as OpenAI takes it: text, or the parts for which it has a word; text where none is left. @internal */
export function openAiContent(
  content: ContextMessage['content'],
  toPart: (part: JsonRecord) => JsonRecord | undefined,
): string | readonly JsonRecord[] {
  if (typeof content === 'string') return content;
  const parts = (content as readonly JsonRecord[]).map(toPart).filter((part) => part !== undefined);
  return parts.length === 0 ? '' : parts;
}

/** Words, which are all that OpenAI takes from anybody but the user. @internal */
export function wordsPart(part: JsonRecord): JsonRecord | undefined {
  const text = textOf(part);
  return text === undefined ? undefined : { type: 'text', text };
}

/** Words and what a model would not say. @internal */
export function assistantPart(part: JsonRecord): JsonRecord | undefined {
  const refusal = refusalOf(part);
  return refusal === undefined ? wordsPart(part) : { type: 'refusal', refusal };
}

/** @internal */
export function refusalOf(part: JsonRecord | undefined): string | undefined {
  return part?.['type'] === 'refusal' ? textField(part, 'refusal') : undefined;
}

/** Words, images, sound and files; of a file that is at a URL OpenAI takes no message. @internal */
export function userPart(part: JsonRecord): JsonRecord | undefined {
  if (isOwnImage(part) || isOwnFile(part)) return part;
  const media = mediaOf(part);
  return media === undefined ? wordsPart(part) : mediaPart(media);
}

function mediaPart(media: Media): JsonRecord | undefined {
  const { isImage, data, fileId, mediaType = '', filename } = media;
  const url = urlOf({ ...media, mediaType: isImage && mediaType === '' ? 'image/png' : mediaType });
  if (isImage) return url === undefined ? undefined : { type: 'image_url', image_url: { url } };
  if (fileId !== undefined) return { type: 'file', file: recordOf({ file_id: fileId, filename }) };
  if (data === undefined) return undefined;
  const format = AUDIO_FORMATS[mediaType];
  if (format !== undefined) return { type: 'input_audio', input_audio: { data, format } };
  return { type: 'file', file: recordOf({ file_data: url, filename }) };
}

function isOwnImage(part: JsonRecord): boolean {
  const image = recordField(part, 'image_url');
  if (part['type'] !== 'image_url' || image === undefined || Object.keys(part).length !== 2) return false;
  const { url, detail, ...others } = image;
  const isDetail = detail === undefined || ['auto', 'low', 'high'].includes(detail as string);
  return typeof url === 'string' && isDetail && Object.keys(others).length === 0;
}

function isOwnFile(part: JsonRecord): boolean {
  const file = recordField(part, 'file');
  if (part['type'] !== 'file' || file === undefined || Object.keys(part).length !== 2) return false;
  const fields = Object.keys(file);
  const isKnown = fields.every((field) => ['file_data', 'file_id', 'filename'].includes(field));
  return isKnown && fields.length > 0 && fields.every((field) => typeof fieldOf(file, field) === 'string');
}
