import { AsyncLocalStorage } from 'node:async_hooks';
import type { RedisCommands } from '../../../../lib/interfaces/redis-commands.interface.js';
import type { RedisConnectionHandle } from '../../../../lib/interfaces/redis-connection.interface.js';
import { deferred } from '../../../support/eventually.js';
import type { Deferred } from '../../../support/eventually.js';

/** Who acts, and where: found again at the port and in the loader, whatever lies between. */
const acting = new AsyncLocalStorage<{ readonly stage: Stage; readonly name: string }>();

/** Waits for the turn of whoever calls; who is on no stage does not wait. */
export async function turn(): Promise<void> {
  const actor = acting.getStore();
  await actor?.stage.wait(actor.name);
}

/** A connection on which every script waits for its caller's turn before it is sent. */
export function staged(handle: RedisConnectionHandle): RedisConnectionHandle {
  const runScript: RedisCommands['runScript'] = async (...call) => {
    await turn();
    return handle.commands.runScript(...call);
  };
  return Object.create(handle, { commands: { value: { runScript } } }) as RedisConnectionHandle;
}

/**
 * Actors that each do one step at a time, when they are told: a step is all that an actor does until it next waits for
 * its turn, or ends. So an order of names is an order of everything that they do to each other.
 */
export class Stage {
  private readonly gates = new Map<string, () => void>();
  private readonly arrivals = new Map<string, Deferred>();
  private readonly ended = new Map<string, Promise<void>>();

  /** @param onStep told of each step, before it is done */
  constructor(private readonly onStep: (name: string) => void) {}

  /** Brings an actor to where it first waits. */
  async enter(name: string, act: () => Promise<void>): Promise<void> {
    const arrival = this.nextArrival(name);
    const acted = acting.run({ stage: this, name }, act);
    this.ended.set(name, acted);
    void acted.catch(() => undefined).finally(() => this.arrivals.get(name)?.resolve());
    await arrival;
  }

  /** One step; nothing where the actor has ended. */
  async step(name: string): Promise<void> {
    const open = this.gates.get(name);
    if (open === undefined) return;
    this.gates.delete(name);
    const arrival = this.nextArrival(name);
    this.onStep(name);
    open();
    await arrival;
  }

  /** Whether all have ended. */
  get isOver(): boolean {
    return this.gates.size === 0;
  }

  /** The steps that are left, in turn, until all have ended; rejects with what an actor rejected with. */
  async finish(): Promise<void> {
    // Who waits anew comes up again at the end.
    for (const name of this.gates.keys()) await this.step(name);
    await Promise.all(this.ended.values());
  }

  async wait(name: string): Promise<void> {
    const gate = deferred();
    this.gates.set(name, gate.resolve);
    this.arrivals.get(name)?.resolve();
    await gate.promise;
  }

  private nextArrival(name: string): Promise<void> {
    const arrival = deferred();
    this.arrivals.set(name, arrival);
    return arrival.promise;
  }
}

/** Every order of these steps: each name as often as it is given. */
export function* ordersOf(steps: Readonly<Record<string, number>>): Generator<readonly string[]> {
  const left = Object.entries(steps).filter(([, count]) => count > 0);
  if (left.length === 0) yield [];
  for (const [name, count] of left) {
    for (const rest of ordersOf({ ...steps, [name]: count - 1 })) yield [name, ...rest];
  }
}
