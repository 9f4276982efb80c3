import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { attempt } from './attempt.js';

/** By channel; each has messages of one type, which its listener names. @internal */
export type Listeners = Readonly<Record<string, (message: never) => void>>;

/**
 * Node ends the process with what a listener throws: a message that is none of those that are expected, from whoever, and
 * an SDK that throws, are passed over. @returns ends it
 *
 * @internal
 */
export function listen(listeners: Listeners): () => void {
  const all = Object.entries(listeners).map(([channel, listener]) => {
    const harmless = (message: unknown): void => attempt(() => listener(message as never));
    return [channel, harmless] as const;
  });
  for (const [channel, listener] of all) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of all) unsubscribe(channel, listener);
  };
}
