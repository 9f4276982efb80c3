import diagnostics, { type Channel } from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { complain } from './complain.js';

/** Loaded before the package: whatever channel of its own it makes is heard from the start. */
const OURS = 'nestjs-redis-hub:';

const make = diagnostics.channel;
let hidden: readonly string[] = [];

/** From here on an event with one of these in it is told to the runner. */
export function hideFromEvents(secrets: readonly string[]): void {
  hidden = secrets;
}

function hear(message: unknown): void {
  const text = JSON.stringify(message) ?? '';
  if (hidden.some((secret) => text.includes(secret))) complain('published', text);
}

function channel(name: string | symbol): Channel {
  const made = make(name);
  if (typeof name === 'string' && name.startsWith(OURS)) made.subscribe(hear);
  return made;
}

Object.assign(diagnostics, { channel });
syncBuiltinESMExports();
