import type { TestDriver } from '../../support/drivers.js';
import { eventually, until } from '../../support/eventually.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import { HostilePeer, type Attack } from './hostile-peer.js';
import { Victim, type Told } from './victim.js';

/** What became of a connection whose peer did harm, in the handshake and then in place of a reply. */
export interface Outcome {
  readonly handshake: Told;
  readonly command: Told;
  /** Bytes that the process grew by at most. */
  readonly grown: number;
  /** What nobody caught. */
  readonly complaints: unknown;
  readonly polluted: unknown;
}

/** What one reply may hold, what a driver makes of it on the way, and garbage that a busy machine has not collected yet. */
export const MOST_MEMORY = 450 * 1024 * 1024;

/** Six peers that send as fast as they can leave little of two cores: how fast is measured elsewhere. */
const PATIENCE_MS = 30_000;

/** How a connection reaches its peer. */
export interface Way {
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Options that lead there. */
  readonly address: (peer: HostilePeer) => object;
}

/** One server, in plain text. */
export const STRAIGHT: Way = { address: ({ host, port }) => ({ host, port }) };

interface Place {
  readonly peer: HostilePeer;
  readonly victim: Victim;
}

/** Plays attacks, several at once, each on a process and a peer that play one at a time. */
export class Stage {
  private readonly played = new Map<Attack, Promise<Outcome>>();
  private readonly places: Promise<Place>[] = [];

  constructor(
    private readonly driver: TestDriver,
    private readonly server: RedisTestServer,
    private readonly way = STRAIGHT,
  ) {}

  begin(attacks: readonly Attack[], atOnce: number): void {
    for (let index = 0; index < atOnce; index++) {
      const place = this.open();
      this.places.push(place);
      let last: Promise<unknown> = place;
      for (const attack of attacks.filter((_, at) => at % atOnce === index)) {
        const outcome = last.then(() => place).then((one) => play(one, attack));
        outcome.catch(() => undefined);
        this.played.set(attack, outcome);
        last = outcome.catch(() => undefined);
      }
    }
  }

  outcomeOf(attack: Attack): Promise<Outcome> {
    return this.played.get(attack) ?? Promise.reject(new Error('was not begun'));
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.played.values());
    for (const { victim, peer } of await Promise.all(this.places)) {
      await victim.stop();
      await peer.stop();
    }
  }

  private async open(): Promise<Place> {
    const { certificate, address } = this.way;
    const peer = await HostilePeer.start(this.server, certificate);
    return { peer, victim: await Victim.start(this.driver, address(peer)) };
  }
}

async function play({ peer, victim }: Place, attack: Attack): Promise<Outcome> {
  const before = Number((await victim.ask('remember')).value);
  peer.turn(attack);
  await victim.ask('open');
  const handshake = await dropping(peer, () => victim.ask('connect', 300));
  await recover(peer, victim);
  peer.turn(attack);
  const command = await dropping(peer, () => victim.ask('get', 'k'));
  await recover(peer, victim);
  await victim.ask('close');
  await eventually(() => peer.open === 0, { what: 'no socket left', timeoutMs: PATIENCE_MS });
  const grown = Number((await victim.ask('memory')).value) - before;
  const { value: complaints } = await victim.ask('complaints');
  const { value: polluted } = await victim.ask('polluted');
  return { handshake, command, grown, complaints, polluted };
}

/** The socket of whoever was attacked is gone soon. */
async function dropping(peer: HostilePeer, ask: () => Promise<Told>): Promise<Told> {
  const dropped = until(peer, 'dropped', { timeoutMs: PATIENCE_MS });
  dropped.catch(() => undefined);
  const told = await ask();
  await dropped;
  return told;
}

async function recover(peer: HostilePeer, victim: Victim): Promise<void> {
  peer.turn(undefined);
  const asked = async (name: string, argument: unknown): Promise<unknown> => (await victim.ask(name, argument)).value;
  await eventually(
    async () => (await asked('connect', 8_000)) === 'connected' && (await asked('get', 'k')) === 'good',
    {
      timeoutMs: PATIENCE_MS,
      what: 'a good connection again',
    },
  );
}
