import type { RedisScript } from '../interfaces/redis-commands.interface.js';
import { defineScript } from './define-script.js';

/** A script of one key whose calls may be sent together, several keys a call. @internal */
export interface GatheredScript extends RedisScript {
  /** Arguments of each key. */
  readonly argumentCount: number;
}

/** What a {@link GatheredScript} is made of, in Lua. @internal */
export interface GatheredSource {
  /** Names of the arguments: all are text. The key is `key`. */
  readonly parameters: readonly string[];
  /** Functions and constants for all keys of a call. */
  readonly shared?: string;
  /** The body of a function of the key and the parameters. It returns one text, or an error as `redis.pcall` gives it. */
  readonly body: string;
}

/**
 * A script whose call with one key replies as its body returns, and with several the list of what it returned for each.
 * There an error is a list of its text and the call's first argument: error replies within a list are read differently by
 * the drivers. Each key by itself: what is raised for one says nothing of the others, which were served before it or are
 * yet to be.
 *
 * @internal
 */
export function defineGatheredScript(name: string, { parameters, shared = '', body }: GatheredSource): GatheredScript {
  const lua = `${shared}
local function one(${['key', ...parameters].join(', ')})
${body}
end
local keys, args = KEYS, ARGV
if #keys == 1 then return one(${['keys[1]', ...parameters.map((_, at) => `args[${at + 1}]`)].join(', ')}) end
local replies, from = {}, 0
for at = 1, #keys do
  local done, reply = pcall(one, ${['keys[at]', ...parameters.map((_, at) => `args[from + ${at + 1}]`)].join(', ')})
  if type(reply) == 'table' then reply = {reply.err, args[from + 1]} elseif not done then reply = {reply, args[from + 1]} end
  replies[at], from = reply, from + ${parameters.length}
end
return replies
`;
  return { ...defineScript(name, lua), argumentCount: parameters.length };
}

/** Whether that call of a script may go together with others: its arguments are as many as theirs. @internal */
export function isGathered(script: RedisScript, args: readonly string[]): script is GatheredScript {
  return 'argumentCount' in script && script.argumentCount === args.length;
}
