import { assertInteger } from '../utils/assert-argument.js';
import { assertId } from './assert-id.js';
import type { ReadBounds } from './chat.reader.js';
import type { ContextSettings } from './context-options.interface.js';
import type { AppendOptions, PageOptions, ReadOptions, WindowOptions } from './context-result.interface.js';
import { readOption } from './read-safely.js';

const PAGE_SIZE = 50;

/** What a read was told, checked, with the module's own where it was told nothing. @internal */
export interface ReadCall {
  readonly bounds: ReadBounds;
  readonly onUnavailable: 'miss' | 'throw';
}

/** @internal */
export function readCallOf(
  operation: string,
  limit: number | ReadOptions | undefined,
  settings: ContextSettings,
): ReadCall {
  const options = typeof limit === 'number' ? { limit } : limit;
  const wanted = readOption(operation, 'limit', options, 'limit');
  if (wanted !== undefined) assertInteger(wanted, 'limit', operation);
  const maxTokens = readOption(operation, 'limit', options, 'maxTokens');
  return callWithin(operation, wanted, maxTokens, readOption(operation, 'limit', options, 'onUnavailable'), settings);
}

/** @internal */
export function windowCallOf(
  operation: string,
  options: WindowOptions | undefined,
  settings: ContextSettings,
): ReadCall {
  const limit = readOption(operation, 'options', options, 'maxMessages');
  if (limit !== undefined) assertInteger(limit, 'maxMessages', operation);
  const maxTokens = readOption(operation, 'options', options, 'maxTokens');
  return callWithin(operation, limit, maxTokens, readOption(operation, 'options', options, 'onUnavailable'), settings);
}

/** The names that an append was given, checked. @internal */
export function appendIdsOf(operation: string, options: AppendOptions | undefined): AppendOptions {
  const ids: { turnId?: string; userId?: string } = {};
  for (const field of ['turnId', 'userId'] as const) {
    const id = readOption(operation, 'options', options, field);
    if (id !== undefined) ids[field] = assertId(id, field, operation);
  }
  return ids;
}

/** Where a page begins, 0 for the newest, and its length. @internal */
export interface PageCall {
  readonly before: number;
  readonly limit: number;
}

/** @internal */
export function pageOf(operation: string, options: PageOptions | undefined): PageCall {
  const before = readOption(operation, 'options', options, 'before') ?? 0;
  const limit = readOption(operation, 'options', options, 'limit') ?? PAGE_SIZE;
  assertInteger(before, 'before', operation, 0);
  assertInteger(limit, 'limit', operation);
  return { before, limit };
}

function callWithin(
  operation: string,
  limit: number | undefined,
  maxTokens: number | undefined,
  onUnavailable: 'miss' | 'throw' | undefined,
  settings: ContextSettings,
): ReadCall {
  if (maxTokens !== undefined) assertInteger(maxTokens, 'maxTokens', operation);
  const bounds = { limit: Math.min(limit ?? settings.maxMessages, settings.maxMessages), maxTokens };
  return { bounds, onUnavailable: onUnavailable ?? settings.onUnavailable };
}
