import { fieldOf, recordField, textField } from './json-record.js';
import type { JsonRecord } from './json-record.js';

/** An image or a file, whoever wrote the part. One of `data` (base64), `url` and `fileId` is there. @internal */
export interface Media {
  readonly isImage: boolean;
  readonly data?: string | undefined;
  readonly url?: string | undefined;
  readonly fileId?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly filename?: string | undefined;
}

type Source = Omit<Media, 'isImage'>;

const DATA_URL = /^data:([^;,]*)(?:;[^,]*)?;base64,(.*)$/s;
const KINDS = ['image', 'audio', 'video', 'file', 'document'];

/**
 * What a part shows, in the words of the AI SDK, OpenAI, LangChain or Anthropic; undefined where it shows nothing of the
 * kind. So that an image that came from one is an image for the others.
 *
 * @internal
 */
export function mediaOf(part: JsonRecord): Media | undefined {
  const type = textField(part, 'type') ?? '';
  const source = sourceOf(part, type);
  if (source === undefined || (source.data ?? source.url ?? source.fileId) === undefined) return undefined;
  const isImage = type.startsWith('image') || source.mediaType?.startsWith('image/') === true;
  return { ...source, isImage, filename: source.filename ?? textField(part, 'filename') };
}

/** What a URL is as one text, a `data:` URL for bytes. @internal */
export function urlOf({ url, data, mediaType }: Media): string | undefined {
  if (url !== undefined || data === undefined) return url;
  return `data:${mediaType ?? 'application/octet-stream'};base64,${data}`;
}

function sourceOf(part: JsonRecord, type: string): Source | undefined {
  if (type === 'image_url') return ofUrl(textField(part, 'image_url') ?? textField(record(part, 'image_url'), 'url'));
  if (type === 'input_audio') return ofAudio(record(part, 'input_audio'));
  if (type === 'image-url' || type === 'file-url') return withType(part, ofUrl(textField(part, 'url')));
  if (type === 'media' || type === 'image-data' || type === 'file-data') return ofText(part, textField(part, 'data'));
  if (!KINDS.includes(type)) return undefined;
  return ofOpenAiFile(part) ?? ofAnthropic(part) ?? ofLangChain(part) ?? ofAiSdk(part);
}

function ofAudio(audio: JsonRecord): Source {
  const format = textField(audio, 'format');
  return { data: textField(audio, 'data'), mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format ?? 'wav'}` };
}

function ofOpenAiFile(part: JsonRecord): Source | undefined {
  const file = recordField(part, 'file');
  if (file === undefined) return undefined;
  const filename = textField(file, 'filename');
  return { ...ofUrl(textField(file, 'file_data')), fileId: textField(file, 'file_id'), filename };
}

function ofAnthropic(part: JsonRecord): Source | undefined {
  const source = recordField(part, 'source');
  if (source === undefined) return undefined;
  const mediaType = textField(source, 'media_type');
  return {
    data: textField(source, 'data'),
    url: textField(source, 'url'),
    fileId: textField(source, 'file_id'),
    mediaType,
  };
}

/** Both of LangChain's shapes: fields in camel case, and with a `source_type` in snake case. */
function ofLangChain(part: JsonRecord): Source | undefined {
  const mediaType = textField(part, 'mimeType') ?? textField(part, 'mime_type');
  const source = textField(part, 'source_type');
  if (mediaType === undefined && source === undefined && fieldOf(part, 'url') === undefined) return undefined;
  const fileId = source === 'id' ? textField(part, 'id') : textField(part, 'fileId');
  const filename = textField(record(part, 'metadata'), 'filename') ?? textField(record(part, 'metadata'), 'name');
  return { data: textField(part, 'data'), ...ofUrl(textField(part, 'url')), fileId, filename, ...typed(mediaType) };
}

function ofAiSdk(part: JsonRecord): Source | undefined {
  const data = fieldOf(part, 'image') ?? fieldOf(part, 'data');
  return typeof data === 'string' ? ofText(part, data) : withType(part, ofUrl(textField(record(part, 'data'), 'url')));
}

/** Text that is a URL or base64, as the AI SDK takes it. */
function ofText(part: JsonRecord, text: string | undefined): Source {
  return withType(part, text !== undefined && /^(https?|data):/i.test(text) ? ofUrl(text) : { data: text });
}

function ofUrl(url: string | undefined): Source {
  const [, mediaType, data] = DATA_URL.exec(url ?? '') ?? [];
  return data === undefined ? { url } : { data, ...typed(mediaType) };
}

function withType(part: JsonRecord, source: Source): Source {
  return { ...source, ...typed(textField(part, 'mediaType')) };
}

function typed(mediaType: string | undefined): Source {
  return mediaType === undefined || mediaType === '' ? {} : { mediaType };
}

function record(part: JsonRecord, field: string): JsonRecord {
  return recordField(part, field) ?? {};
}
