import type { JsonValue } from '../context-message.interface.js';
import { fieldOf, isJsonRecord, recordField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { mediaOf } from '../conversion/media-part.js';
import { reasoningOf, textOf } from '../conversion/text-of.js';
import { isToolOutput } from './tool-output.js';

/** What a user's part is for the AI SDK; undefined where it has no word for it. @internal */
export function userPart(part: JsonRecord): JsonRecord | undefined {
  return textPart(part) ?? imagePart(part) ?? filePart(part) ?? spoken(part);
}

/** What an assistant's part is for the AI SDK; undefined where it has no word for it. @internal */
export function assistantPart(part: JsonRecord): JsonRecord | undefined {
  return (
    textPart(part)
    ?? reasoningPart(part)
    ?? toolResultPart(part)
    ?? approvalRequest(part)
    ?? filePart(part)
    ?? spoken(part)
  );
}

/** The provider's own settings, where they have the shape that the SDK takes: a record of records. @internal */
export function providerOptionsOf(part: JsonRecord): { readonly providerOptions?: JsonRecord } {
  const providerOptions = recordField(part, 'providerOptions');
  if (providerOptions === undefined || !Object.values(providerOptions).every(isJsonRecord)) return {};
  return { providerOptions };
}

/** An answer to a request for approval. @internal */
export function approvalResponse(part: JsonRecord): JsonRecord | undefined {
  const { type, approvalId, approved } = part;
  if (type !== 'tool-approval-response' || typeof approvalId !== 'string' || typeof approved !== 'boolean') {
    return undefined;
  }
  const providerExecuted = booleanField(part, 'providerExecuted');
  return recordOf({ type, approvalId, approved, reason: textField(part, 'reason'), providerExecuted });
}

function textPart(part: JsonRecord): JsonRecord | undefined {
  const { type, text } = part;
  return type === 'text' && typeof text === 'string' ? { type, text, ...providerOptionsOf(part) } : undefined;
}

function spoken(part: JsonRecord): JsonRecord | undefined {
  const text = textOf(part);
  return text === undefined ? undefined : { type: 'text', text };
}

function reasoningPart(part: JsonRecord): JsonRecord | undefined {
  const text = reasoningOf(part);
  return text === undefined ? undefined : { type: 'reasoning', text, ...providerOptionsOf(part) };
}

function imagePart(part: JsonRecord): JsonRecord | undefined {
  const image = fieldOf(part, 'image');
  if (part['type'] === 'image' && typeof image === 'string') {
    return { type: 'image', image, ...mediaTypeOf(part), ...providerOptionsOf(part) };
  }
  const media = mediaOf(part);
  const shown = media?.url ?? media?.data;
  if (media?.isImage !== true || shown === undefined) return undefined;
  return recordOf({ type: 'image', image: shown, mediaType: media.mediaType });
}

/** Version 7 of the SDK also has data in a record that says what it is; a URL in it would have to be an object. */
function filePart(part: JsonRecord): JsonRecord | undefined {
  const data = fieldOf(part, 'data');
  const mediaType = textField(part, 'mediaType');
  if (part['type'] === 'file' && mediaType !== undefined && (typeof data === 'string' || isTaggedData(data))) {
    return recordOf({
      type: 'file',
      data,
      filename: textField(part, 'filename'),
      mediaType,
      ...providerOptionsOf(part),
    });
  }
  const media = mediaOf(part);
  const shown = media?.url ?? media?.data;
  if (media === undefined || shown === undefined) return undefined;
  const anyType = media.isImage ? 'image/*' : 'application/octet-stream';
  return recordOf({ type: 'file', data: shown, filename: media.filename, mediaType: media.mediaType ?? anyType });
}

function isTaggedData(data: JsonValue | undefined): boolean {
  if (!isJsonRecord(data)) return false;
  const { type } = data;
  if (type === 'data' || type === 'text') return typeof data[type] === 'string';
  return type === 'reference' && Object.values(recordField(data, type) ?? { none: null }).every(isText);
}

function toolResultPart(part: JsonRecord): JsonRecord | undefined {
  const { type, toolCallId, toolName, output } = part;
  if (type !== 'tool-result' || typeof toolCallId !== 'string' || typeof toolName !== 'string') return undefined;
  if (!isJsonRecord(output) || !isToolOutput(output)) return undefined;
  return { type, toolCallId, toolName, output, ...providerOptionsOf(part) };
}

function approvalRequest(part: JsonRecord): JsonRecord | undefined {
  const { type, approvalId, toolCallId } = part;
  if (type !== 'tool-approval-request' || typeof approvalId !== 'string' || typeof toolCallId !== 'string') {
    return undefined;
  }
  const { reason, isAutomatic, signature, inputSchemaInput } = part;
  const known = { reason: text(reason), isAutomatic: flag(isAutomatic), signature: text(signature), inputSchemaInput };
  return recordOf({ type, approvalId, toolCallId, ...known });
}

function mediaTypeOf(part: JsonRecord): { readonly mediaType?: string } {
  const mediaType = textField(part, 'mediaType');
  return mediaType === undefined ? {} : { mediaType };
}

function booleanField(part: JsonRecord, field: string): boolean | undefined {
  return flag(fieldOf(part, field));
}

function flag(value: JsonValue | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function text(value: JsonValue | undefined): string | undefined {
  return isText(value) ? value : undefined;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}
