import { CODE_FAMILIES, CODE_KINDS, DRIVER_RULES, REPLY_KINDS, REPLY_RULES, TLS_TEXT } from './error-kind-rules.js';
import type { KindRule } from './error-kind-rules.js';
import { errorChain } from './error-facts.js';
import type { ErrorFacts } from './error-facts.js';
import type { RedisErrorKind, RedisErrorOutcome } from './redis-error-kind.js';
import { isRedisError } from './redis.error.js';

/** What an error was found to mean, and the text that says so. @internal */
export interface Classification {
  readonly kind: RedisErrorKind;
  readonly outcome?: RedisErrorOutcome;
  readonly isGeneric?: boolean;
  /** What the server, the driver or the system said; may hold secrets. */
  readonly text: string;
}

/**
 * The kind of a driver's error, by message prefix and `code`: classes differ between drivers and their versions.
 * The outermost error that says something definite decides, else the first that says anything.
 *
 * @internal
 */
export function classifyError(error: unknown): Classification | undefined {
  let generic: Classification | undefined;
  for (const facts of errorChain(error)) {
    const found = classify(facts);
    if (found === undefined) continue;
    if (found.isGeneric !== true) return found;
    generic ??= found;
  }
  return generic;
}

function classify(facts: ErrorFacts): Classification | undefined {
  const { source, message, isReply } = facts;
  if (isRedisError(source)) return { kind: source.redisErrorKind, outcome: source.outcome, text: message };
  const rule = DRIVER_RULES.find(({ text }) => text.test(message));
  if (rule !== undefined) return { ...rule, text: message };
  if (isReply) return { outcome: 'rejected', ...replyKind(unwrapReply(message)), text: message };
  if (TLS_TEXT.test(message)) return { kind: 'tls', text: message };
  return byCode(facts) ?? byName(facts);
}

function replyKind(reply: string): Omit<Classification, 'text'> {
  const word = /^[A-Z]+/.exec(reply)?.[0] ?? '';
  const rule: KindRule | undefined = REPLY_RULES.find(({ text }) => text.test(reply));
  const known = REPLY_KINDS[word] ?? rule?.kind;
  return known === undefined ? { kind: 'reply', isGeneric: true } : { kind: known };
}

// Redis before 7 puts the reply that ended a script, and any Redis the one that ended a transaction, into another's text.
function unwrapReply(reply: string): string {
  const script = /^ERR Error running script[\s\S]*?: -([A-Z]+ [\s\S]*)$/.exec(reply)?.[1];
  const transaction = /^EXECABORT [\s\S]*because of: ([\s\S]*)$/.exec(reply)?.[1];
  return script ?? transaction ?? reply;
}

function byCode({ code, syscall, message }: ErrorFacts): Classification | undefined {
  if (code === undefined) return undefined;
  const kind =
    (Object.hasOwn(CODE_KINDS, code) ? CODE_KINDS[code] : undefined)
    ?? CODE_FAMILIES.find(([family]) => family.test(code))?.[1]
    ?? byCodeAndCall(code, syscall);
  // The sum of several attempts (IPv6, then IPv4) has a code, but no message.
  return kind === undefined ? undefined : { kind, text: message === '' ? code : message };
}

// The same codes mean other things of a file that cannot be read, or of a connection that had been made.
function byCodeAndCall(code: string, syscall: string | undefined): RedisErrorKind | undefined {
  const isConnect = syscall === undefined || syscall === 'connect';
  if (code === 'ETIMEDOUT') return isConnect ? 'connect-timeout' : 'connection-lost';
  const isSocketFile = code === 'ENOENT' || code === 'EACCES' || code === 'EPERM' || code === 'ENOTSOCK';
  return isSocketFile && isConnect ? 'refused' : undefined;
}

function byName({ name, message }: ErrorFacts): Classification | undefined {
  // node-redis' timeout of a command that it had not written yet has an empty message.
  if (name === 'TimeoutError' && message === '') return { kind: 'command-timeout', outcome: 'not-sent', text: '' };
  if (name === 'TimeoutError' || name === 'AbortError') return { kind: 'command-timeout', text: message };
  return undefined;
}
