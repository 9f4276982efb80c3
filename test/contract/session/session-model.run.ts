import { isRedisError } from '../../../lib/errors/redis.error.js';
import { ModelSession } from './session-model.js';
import type { Value } from './session-model.js';
import { judge, resultText } from './session-model.judge.js';
import type { Flight, Updated } from './session-model.judge.js';
import { callText, stepText } from './session-model.steps.js';
import type { Call, Fault, Step } from './session-model.steps.js';
import type { ModelNode, ModelWorld } from './session-model.world.js';
import { storedData } from './stored-session.js';

interface Stored {
  readonly n: number;
}

let count = 0;

/** Plays one story in a world, and throws where an answer breaks the promise. */
export class ModelRun {
  private readonly trace: string[] = [];
  private readonly sessions: readonly ModelSession[];
  private readonly startedAt = performance.now();
  private at = 0;
  acknowledged = 0;
  failed = 0;

  constructor(private readonly world: ModelWorld) {
    count += 1;
    this.sessions = [0, 1, 2].map((at) => new ModelSession(`run${count}-s${at}`));
  }

  async play(story: readonly Step[]): Promise<void> {
    try {
      for (const step of story) await this.playStep(step);
      this.note('the end: settle');
      await this.settle();
    } catch (error) {
      throw new Error(`${String(error)}\n\nWhat happened:\n${this.trace.join('\n')}\n`, { cause: error });
    }
  }

  private async playStep(step: Step): Promise<void> {
    this.at += 1;
    this.note(`${this.at}. ${stepText(step)}`);
    if ('world' in step) return this.changeWorld(step.world);
    const fault = step.fault === undefined ? undefined : () => this.break(step.fault as Fault);
    if (!('calls' in step)) return fault?.();
    await this.callAll(step.calls, fault);
    // what one node acknowledged every node has to see
    const touched = [...new Set(step.calls.map(({ session }) => session))];
    for (const session of touched) for (const node of [0, 1]) await this.callAll([{ call: 'get', node, session }]);
    await new Promise((resolve) => setTimeout(resolve, 2)); // versions of two nodes are told apart by the clock
  }

  private async changeWorld(what: 'heal' | 'settle' | 'save'): Promise<void> {
    if (what === 'save') await this.world.save();
    else if (what === 'heal') await this.world.heal();
    else await this.settle();
  }

  private async break(fault: Fault): Promise<void> {
    const { world } = this;
    if (fault.fault !== 'reboot' && !('store' in fault && fault.store === 'postgres')) await world.untilCopied();
    if ('nodes' in fault) return this.breakNodes(fault);
    await (fault.fault === 'kill' ? world.kill() : world.lose(fault.fault === 'lose everything'));
    for (const session of this.sessions) session.lost('redis');
  }

  private async breakNodes(fault: Extract<Fault, { nodes: readonly number[] }>): Promise<void> {
    for (const node of fault.nodes.flatMap((at) => this.world.nodes[at] ?? [])) {
      if (fault.fault === 'reboot') await node.reboot();
      else await node.harm(fault.fault, fault.store);
    }
  }

  private async callAll(calls: readonly Call[], fault?: () => Promise<void>): Promise<void> {
    const flights = calls.map((call) => this.takeOff(call));
    const results = flights.map((flight) => timed(flight, () => this.attempt(flight)));
    const [landed] = await Promise.all([Promise.all(results), fault?.()]);
    for (const [at, flight] of flights.entries()) this.land(flight, landed[at], flights);
  }

  private land(flight: Flight, result: unknown, beside: readonly Flight[]): void {
    const reach = [...flight.before.reach].join('+') || 'nothing';
    this.note(`     ${callText(flight.call)} at ${reach}: ${resultText(result)}`);
    if (result instanceof Error) this.failed += 1;
    else this.acknowledged += 1;
    judge(flight, result, beside);
  }

  private takeOff(call: Call): Flight {
    const node = this.world.nodes[call.node] as ModelNode;
    const session = this.sessions[call.session] as ModelSession;
    const before = node.asker();
    count += 1;
    return {
      call,
      node,
      session,
      before,
      allowed: session.allowed(before),
      n: count,
      step: this.at,
      waits: { ms: 0, lagMs: 0 },
    };
  }

  private async send({ call, node, session, n }: Flight): Promise<unknown> {
    const { sessions } = node.app;
    if (call.call === 'set') return sessions.set(session.id, { n });
    if (call.call === 'destroy') return sessions.destroy(session.id);
    if (call.call === 'touch') return sessions.touch(session.id);
    if (call.call === 'rotate') return sessions.rotate(session.id);
    if (call.call === 'get') return (await sessions.get<Stored>(session.id))?.n ?? 'none';
    let seen: Value = 'none';
    const stored = await sessions.update<Stored>(session.id, (data) => {
      seen = data.n;
      return { n };
    });
    return { seen, isStored: stored !== undefined } satisfies Updated;
  }

  /** What it gave, or the error that an outage explains. */
  private async attempt(flight: Flight): Promise<unknown> {
    try {
      return await this.send(flight);
    } catch (error) {
      if (isRedisError(error) && !UNEXPECTED.has(error.redisErrorKind)) return error;
      throw new Error(`${callText(flight.call)}: ${String(error)}`, { cause: error });
    }
  }

  private async settle(): Promise<void> {
    const { world } = this;
    await world.settle();
    for (const session of this.sessions) {
      const allowed = session.final((life) => world.nodes.some((node) => node.life === life));
      const found = await Promise.all(
        world.nodes.map(async ({ app }) => (await app.sessions.get<Stored>(session.id))?.n ?? ('none' as const)),
      );
      const stored = await storedData(world.redis, `dialog:session:${session.id}`);
      const inRedis = stored ? (JSON.parse(stored) as Stored).n : 'none';
      const values = [...new Set<Value>([...found, inRedis])];
      this.note(
        `     settled ${session.id}: ${found.join(', ')}, in Redis ${inRedis}; allowed ${[...allowed].join(', ')}`,
      );
      if (values.length !== 1 || !allowed.has(values[0] as Value)) {
        throw new Error(
          `${session.id} is ${found.join(' and ')}, in Redis ${inRedis}; it may be ${[...allowed].join(', ')}`,
        );
      }
      session.settled(values[0] as Value);
      for (const { life } of world.nodes) session.observed(life, values[0] as Value);
      await this.expectGone(session);
    }
  }

  /** An id that was rotated takes no save any more. */
  private async expectGone(session: ModelSession): Promise<void> {
    for (const id of session.former) {
      for (const { app, name } of this.world.nodes) {
        if (await app.sessions.set(id, { n: -1 })) throw new Error(`${name}: set revived ${id}, which was rotated`);
      }
    }
  }

  private note(text: string): void {
    this.trace.push(`${String(Math.round(performance.now() - this.startedAt)).padStart(6)} ms  ${text}`);
  }
}

const TICK_MS = 10;

/** Notes how long a call took, and the longest time for which this process did not come to its timers. */
async function timed<T>({ waits }: Flight, call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let last = startedAt;
  const tick = (): void => {
    waits.lagMs = Math.max(waits.lagMs, performance.now() - last - TICK_MS);
    last = performance.now();
  };
  const timer = setInterval(tick, TICK_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
    tick();
    waits.ms = performance.now() - startedAt;
  }
}

/** What no outage is a reason for. */
const UNEXPECTED: ReadonlySet<string> = new Set([
  'serialization',
  'wrong-type',
  'configuration',
  'closed',
  'disabled',
  'reply',
]);
