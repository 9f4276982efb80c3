import { readList, readProperty, readText } from './read-property.js';
import { oneLine, scrubText } from './scrub-text.js';

const MAX_DEPTH = 8;
const MAX_ERRORS = 40;
const MAX_SIBLINGS = 10;
const MAX_RAW = 16_000;
const MAX_MESSAGE = 2_000;
const MAX_FRAMES = 30;
const MAX_FRAME = 1_000;

/** What one scrubbing has seen: a cycle ends it, and so does a hostile breadth. */
interface Walk {
  readonly secrets: readonly string[];
  readonly seen: Set<unknown>;
}

/**
 * A copy of what was thrown that is safe to log: name, message, code, stack and the chain of causes, without secrets
 * and without any other property, since drivers attach whole commands and URLs to theirs. Never throws.
 *
 * @internal
 */
export function scrubError(error: unknown, secrets: readonly string[] = []): Error {
  try {
    return copyOf(error, { secrets, seen: new Set() }, 0);
  } catch {
    return new Error('an error that cannot be read');
  }
}

function copyOf(error: unknown, walk: Walk, depth: number): Error {
  walk.seen.add(error);
  const message = messageOf(error, walk.secrets);
  const siblings = readList(error, 'errors', MAX_SIBLINGS)
    .map((inner) => follow(inner, walk, depth))
    .filter((inner) => inner !== undefined);
  const copy = siblings.length > 0 ? new AggregateError(siblings, message) : new Error(message);
  const name = nameOf(error, walk.secrets);
  hide(copy, 'name', name);
  hide(copy, 'stack', stackOf(error, `${name}: ${message}`, walk.secrets));
  const code = codeOf(error, walk.secrets);
  if (code !== undefined) Object.assign(copy, { code });
  const cause = follow(readProperty(error, 'cause'), walk, depth);
  if (cause !== undefined) hide(copy, 'cause', cause);
  return copy;
}

function follow(inner: unknown, walk: Walk, depth: number): Error | undefined {
  if (inner === undefined || inner === null || depth >= MAX_DEPTH) return undefined;
  if (walk.seen.has(inner) || walk.seen.size >= MAX_ERRORS) return undefined;
  return copyOf(inner, walk, depth + 1);
}

function messageOf(error: unknown, secrets: readonly string[]): string {
  const raw = isObject(error) ? (readText(error, 'message') ?? `a thrown ${typeof error}`) : String(error);
  return oneLine(scrubText(raw.slice(0, MAX_RAW), secrets), MAX_MESSAGE);
}

function nameOf(error: unknown, secrets: readonly string[]): string {
  const name = oneLine(scrubText(readText(error, 'name') ?? 'Error', secrets), 60);
  return name === '' ? 'Error' : name;
}

function codeOf(error: unknown, secrets: readonly string[]): string | number | undefined {
  const code = readProperty(error, 'code');
  if (typeof code === 'number') return code;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? scrubText(code, secrets) : undefined;
}

// Only the frames are taken from the original stack: its header repeats the message unscrubbed.
function stackOf(error: unknown, header: string, secrets: readonly string[]): string {
  const stack = (readText(error, 'stack') ?? '').slice(0, MAX_RAW);
  const message = readText(error, 'message') ?? '';
  const start = message === '' ? 0 : stack.indexOf(message) + message.length;
  const frames = stack
    .slice(Math.max(start, 0))
    .split('\n')
    .filter((line) => /^\s+at \S/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => `    ${oneLine(scrubText(line, secrets), MAX_FRAME)}`);
  return [header, ...frames].join('\n');
}

function hide(target: Error, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
