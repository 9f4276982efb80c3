import { REPLY_PREFIX } from './is-error-reply.js';
import { readList, readProperty, readText } from './read-property.js';

const MAX_ERRORS = 30;
const MAX_SIBLINGS = 10;

/** What both drivers, and Node, say about a failure: enough to tell its kind. @internal */
export interface ErrorFacts {
  readonly source: unknown;
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  /** Whether the server said it. */
  readonly isReply: boolean;
}

const REPLY_CLASSES = new Set(['ReplyError', 'ErrorReply', 'SimpleError', 'BlobError', 'MultiErrorReply']);

/** The error, then what it wraps, outermost first; bounded, and safe on cycles. @internal */
export function* errorChain(error: unknown): Generator<ErrorFacts, void> {
  const queue = [error];
  const seen = new Set<unknown>();
  for (const current of queue) {
    if (seen.has(current) || seen.size >= MAX_ERRORS) continue;
    seen.add(current);
    yield factsOf(current);
    queue.push(...innerErrors(current));
  }
}

function factsOf(source: unknown): ErrorFacts {
  const className = readText(readProperty(source, 'constructor'), 'name');
  const name = readText(source, 'name') ?? 'Error';
  const message = typeof source === 'string' ? source : (readText(source, 'message') ?? '');
  const code = readText(source, 'code');
  return {
    source,
    // node-redis leaves `name` at 'Error'; its class name is a hint where the message is empty, nothing to rely on.
    name: name === 'Error' ? (className ?? name) : name,
    message,
    code,
    syscall: readText(source, 'syscall'),
    isReply:
      REPLY_CLASSES.has(name)
      || REPLY_CLASSES.has(className ?? '')
      // ioredis puts the command on the replies that it rejects with; node-redis marks its replies by their text alone.
      || (code === undefined && (readProperty(source, 'command') !== undefined || REPLY_PREFIX.test(message))),
  };
}

function innerErrors(error: unknown): unknown[] {
  const single = ['cause', 'originalError', 'socketError', 'lastNodeError'].map((key) => readProperty(error, key));
  const lists = ['errors', 'previousErrors'].flatMap((key) => readList(error, key, MAX_SIBLINGS));
  return [...single, ...lists, ...failedReplies(error)].filter((inner) => typeof inner === 'object' && inner !== null);
}

// Replies that are no errors hold stored values, which may look like anything: only the failed ones are looked at.
function failedReplies(error: unknown): unknown[] {
  const replies = readProperty(error, 'replies');
  return readList(error, 'errorIndexes', MAX_SIBLINGS)
    .filter((index) => typeof index === 'number')
    .map((index) => readProperty(replies, index));
}
