import type { ContextMessage, JsonValue, MessagePart } from '../context-message.interface.js';
import { fieldOf, isJsonRecord, recordField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { mediaOf } from '../conversion/media-part.js';
import { textOf } from '../conversion/text-of.js';

/** Outputs that are one part of a tool message's content, with the fields that they have in the SDK. */
const SINGLE = ['json', 'error-text', 'error-json', 'execution-denied'];

/** Whether every version of the SDK that knows this kind of output takes it. @internal */
export function isToolOutput(output: JsonRecord): boolean {
  const value = fieldOf(output, 'value');
  if (!hasFineOptions(output)) return false;
  switch (output['type']) {
    case 'text':
    case 'error-text':
      return typeof value === 'string';
    case 'json':
    case 'error-json':
      return value !== undefined;
    case 'execution-denied':
      return isTextOrAbsent(output, 'reason');
    case 'content':
      return Array.isArray(value) && value.every((part: JsonValue) => isJsonRecord(part) && isOutputPart(part));
    default:
      return false;
  }
}

/** What a tool message says, as the output of a tool result. @internal */
export function outputOf(content: ContextMessage['content']): JsonRecord {
  if (typeof content === 'string') return { type: 'text', value: content };
  const [first, ...others] = content as readonly JsonRecord[];
  const isSingle = others.length === 0 && first !== undefined && SINGLE.includes(textField(first, 'type') ?? '');
  if (isSingle && isToolOutput(first)) return picked(first);
  const parts = (content as readonly JsonRecord[]).map(outputPart).filter((part) => part !== undefined);
  return { type: 'content', value: parts };
}

/** What the output of a tool result says, as a tool message's content. @internal */
export function contentOf(output: JsonRecord | undefined): ContextMessage['content'] {
  if (output === undefined) return '';
  const value = fieldOf(output, 'value');
  if (output['type'] === 'text' && typeof value === 'string') return value;
  if (output['type'] === 'content' && Array.isArray(value) && value.every(isPart)) return value;
  return isPart(output) && output.type !== 'text' ? [output] : '';
}

function outputPart(part: JsonRecord): JsonRecord | undefined {
  if (isOutputPart(part)) return part;
  const text = textOf(part);
  if (text !== undefined) return { type: 'text', text };
  const media = mediaOf(part);
  if (media === undefined) return undefined;
  const { data, url, isImage, filename, mediaType = isImage ? 'image/*' : 'application/octet-stream' } = media;
  if (data !== undefined) {
    return recordOf({
      type: isImage ? 'image-data' : 'file-data',
      data,
      mediaType,
      filename: isImage ? undefined : filename,
    });
  }
  return url === undefined ? undefined : { type: isImage ? 'image-url' : 'file-url', url };
}

function isOutputPart(part: JsonRecord): boolean {
  if (!hasFineOptions(part)) return false;
  const has = (...fields: string[]): boolean => fields.every((field) => textField(part, field) !== undefined);
  switch (part['type']) {
    case 'text':
      return has('text');
    case 'media':
    case 'image-data':
      return has('data', 'mediaType');
    case 'file-data':
      return has('data', 'mediaType') && isTextOrAbsent(part, 'filename');
    case 'image-url':
      return has('url');
    case 'file-url':
      return has('url') && isTextOrAbsent(part, 'mediaType');
    case 'file-id':
    case 'image-file-id':
      return has('fileId') || isTexts(recordField(part, 'fileId'));
    case 'custom':
      return true;
    default:
      return false;
  }
}

function picked(output: JsonRecord): JsonRecord {
  const { type, value, reason, providerOptions } = output;
  return type === 'execution-denied'
    ? recordOf({ type, reason, providerOptions })
    : recordOf({ type, value, providerOptions });
}

/** Whether the provider's own settings, if any, have the shape that the SDK takes: a record of records. @internal */
export function hasFineOptions(part: JsonRecord): boolean {
  const options = fieldOf(part, 'providerOptions');
  return options === undefined || (isJsonRecord(options) && Object.values(options).every(isJsonRecord));
}

function isTextOrAbsent(part: JsonRecord, field: string): boolean {
  return textField(part, field) !== undefined || fieldOf(part, field) === undefined;
}

function isTexts(record: JsonRecord | undefined): boolean {
  return record !== undefined && Object.values(record).every((value) => typeof value === 'string');
}

function isPart(value: JsonValue): value is JsonValue & MessagePart {
  if (!isJsonRecord(value) || typeof value['type'] !== 'string' || value['type'] === '') return false;
  return value['type'] !== 'text' || typeof value['text'] === 'string';
}
