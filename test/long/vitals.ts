import { EventEmitter } from 'node:events';
import { queryObjects } from 'node:v8';

/** What a process holds, after a collection. */
export interface Vitals {
  readonly heapBytes: number;
  /** Of the emitters that it was asked about, and of the process. */
  readonly listeners: number;
  /** Event emitters alive anywhere in the process: clients, sockets, streams. */
  readonly emitters: number;
  /** Abort signals and other event targets alive. */
  readonly eventTargets: number;
  /** Sockets, pipes and other handles that keep the process alive. */
  readonly handles: number;
  readonly timers: number;
}

/** Takes the vitals of this process, which was started with `--expose-gc`. */
export async function takeVitals(
  emitters: readonly Pick<EventEmitter, 'eventNames' | 'listenerCount'>[],
): Promise<Vitals> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const heapBytes = process.memoryUsage().heapUsed;
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((name) => name === 'Timeout' || name === 'Immediate').length;
  return {
    heapBytes,
    listeners: [process, ...emitters].reduce((sum, emitter) => sum + listenersOf(emitter), 0),
    emitters: queryObjects(EventEmitter, { format: 'count' }),
    eventTargets: queryObjects(EventTarget, { format: 'count' }),
    handles: resources.length - timers,
    timers,
  };
}

function listenersOf(emitter: Pick<EventEmitter, 'eventNames' | 'listenerCount'>): number {
  return emitter.eventNames().reduce((sum, event) => sum + emitter.listenerCount(event), 0);
}
