import { classifyError } from '../errors/classify-error.js';
import type { CommandSender } from './command-sender.interface.js';
import type { GatheredScript } from './define-gathered-script.js';
import { sendScript } from './send-script.js';

/** So many that what each call costs the server is shared, so few that none holds it up for long. */
const MOST_KEYS = 16;
/** Characters of arguments, after which a call takes no more keys: long texts gain nothing by going together. */
const MOST_TEXT = 32_768;

/** One key's call. */
interface Part {
  readonly sender: CommandSender;
  readonly key: string;
  readonly args: readonly string[];
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly script: GatheredScript;
  readonly parts: Part[];
  text: number;
}

/**
 * Sends the calls of a script that are made within one turn as one, each with a key of its own: the server runs a script
 * of sixteen keys in about two thirds of the time of sixteen scripts, and either driver writes and reads one command
 * instead of sixteen. Nobody waits for it: what a turn sends is written at its end in any case.
 *
 * Each call keeps its deadline, its outcome and its error. For one server only: keys need not share a slot.
 *
 * @internal
 */
export class ScriptGatherer {
  private readonly open = new Map<GatheredScript, Batch>();

  /** What the script replies for that key; rejects with what the driver rejects with. */
  add(script: GatheredScript, sender: CommandSender, key: string, args: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.sendBefore([key], script);
      const batch = this.batchOf(script);
      batch.parts.push({ sender, key, args, resolve, reject });
      for (const arg of args) batch.text += arg.length;
      if (batch.parts.length >= MOST_KEYS || batch.text >= MOST_TEXT) this.close(batch);
    });
  }

  /**
   * To be called before anything else is sent: what was gathered for one of these keys goes out first, so that whoever asks
   * after a change that he made in the same turn sees it. `but`: the script that is about to go with its own.
   */
  sendBefore(keys: readonly string[], but?: GatheredScript): void {
    if (this.open.size === 0) return;
    for (const batch of this.open.values()) {
      if (batch.script !== but && batch.parts.some(({ key }) => keys.includes(key))) this.close(batch);
    }
  }

  private batchOf(script: GatheredScript): Batch {
    const known = this.open.get(script);
    if (known !== undefined) return known;
    const batch: Batch = { script, parts: [], text: 0 };
    this.open.set(script, batch);
    process.nextTick(() => {
      if (this.open.get(script) === batch) this.close(batch);
    });
    return batch;
  }

  private close({ script, parts }: Batch): void {
    this.open.delete(script);
    const [first, ...others] = parts as [Part, ...Part[]];
    if (others.length === 0) sendAlone(script, first);
    else sendTogether(script, parts, first.sender);
  }
}

function sendAlone(script: GatheredScript, { sender, key, args, resolve, reject }: Part): void {
  sendScript(sender, script, ['1', key, ...args]).then(resolve, reject);
}

/** By the sender of the first, whose caller is the first to be told that it failed: nothing is sent for it after that. */
function sendTogether(script: GatheredScript, parts: readonly Part[], sender: CommandSender): void {
  const rest = [String(parts.length), ...parts.map(({ key }) => key), ...parts.flatMap(({ args }) => args)];
  sendScript(sender, script, rest).then(
    (reply) => settle(parts, reply),
    (error: unknown) => {
      // A user may be allowed some of the keys: nothing was run, and each is asked for by itself.
      if (classifyError(error)?.kind === 'permission') for (const part of parts) sendAlone(script, part);
      else for (const { reject } of parts) reject(error);
    },
  );
}

/** A reply of another form is given to each, who finds that it is not the one to its call. */
function settle(parts: readonly Part[], reply: unknown): void {
  const replies: readonly unknown[] = Array.isArray(reply) && reply.length === parts.length ? reply : [];
  for (const [at, { args, resolve, reject }] of parts.entries()) {
    const own = replies[at];
    if (!Array.isArray(own)) resolve(own);
    else if (own[1] === args[0]) reject(replyError(own[0]));
    else resolve(undefined);
  }
}

/** As the drivers make one of an error reply. */
function replyError(text: unknown): Error {
  const error = new Error(String(text));
  error.name = 'ReplyError';
  return error;
}
