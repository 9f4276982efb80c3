import type { RedisModuleOptions } from 'nestjs-redis-hub';
import type { PostgresTierOptions } from 'nestjs-redis-hub/session/postgres';
import type { TestDriver } from '../../support/drivers.js';
import type { Cell } from '../runner/cells.js';
import type { InvariantId } from '../runner/violation.js';
import type { PostgresHome } from '../topologies/postgres-home.js';
import type { World } from '../topologies/world.js';
import type { AppSettings } from '../protocol.js';
import type { Finding } from './checks.js';

/**
 * How a row is played. `main`: every consumer has its fallback, boot is `degrade`. `bare`: its twin without fallbacks.
 * `strict`: boot is `fail-fast` and must fail, with the row's kind; for faults that are there at the start. `postgres`: as
 * main, and sessions are in Postgres too.
 */
export type Variant = 'main' | 'bare' | 'strict' | 'postgres';

/** Of rows in which Postgres has something to do. */
export const WITH_POSTGRES: readonly Variant[] = ['main', 'bare', 'postgres'];

/** One cell for both, or one each. */
export type ConsumerCell = Cell | { readonly read: Cell; readonly write: Cell };

/** What a row may do to the app itself. */
export interface RowTools {
  /** Calls a verb of the app; rejects where the app rejects. Not for a row that is there at the start, before boot. */
  readonly call: <T>(provider: string, verb: string, ...args: readonly unknown[]) => Promise<T>;
  /** Where the app keeps its sessions too; throws in variants that have no Postgres. */
  readonly postgres: PostgresHome;
  /** What the app printed, line by line, without those of the boot. */
  readonly lines: readonly string[];
}

/** One fault, and what each consumer must make of it. See the README beside this folder. */
export interface FaultRow<W extends World = World> {
  /** As on the command line and in the table. */
  readonly name: string;
  /** What a driver left to itself does, and this must hide. */
  readonly hides: string;
  topology(): Promise<W>;
  /** Laid over the topology's own options. */
  readonly options?: RedisModuleOptions;
  /** Secrets beside the topology's. */
  readonly secrets?: readonly string[];
  /** Inflicted before the app boots. */
  readonly atStart?: boolean;
  /** Inflicted while callers are at it. */
  readonly underTraffic?: boolean;
  /** Beside what every app of the suite is told. */
  readonly settings?: Partial<AppSettings>;
  /** Before the first round, all is well. */
  prepare?(world: W, tools: RowTools): Promise<void> | void;
  /** Begins the fault. Without it, all is well all the time. */
  inflict?(world: W, tools: RowTools): Promise<void> | void;
  /** Ends the fault. Without it, it passes by itself, and recovery is counted from its beginning. */
  lift?(world: W, tools: RowTools): Promise<void> | void;
  /** Consumers of which the servers have forgotten everything: what was owed before the lift is owed no more. */
  readonly forgotten?: Readonly<Partial<Record<Variant, readonly string[]>>>;
  /**
   * What is acknowledged while it is inflicted under traffic may be lost: servers replicate asynchronously, and a master
   * takes with it what nobody else had. It is counted in the table.
   */
  readonly loses?: boolean;
  /** Calls are under way while the app is closed, and each settles; in the twin, where that can be heard. */
  readonly endsUnderTraffic?: boolean;
  /** Close the app while the fault is on: it is never lifted before, and nothing is asked after. */
  readonly endsDuring?: boolean;
  /** What `F` and `M` become without fallbacks, and with what a fail-fast boot fails: `E(kind)`. */
  readonly kind: string;
  /** Errors of the app's own, by name: a consumer passes them on as they are. */
  readonly appErrors?: readonly string[];
  /** By consumer, during the fault. */
  readonly cells: Readonly<Record<string, ConsumerCell>>;
  /** Consumers that the app does without, since what they stand on does not know this topology. */
  readonly without?: readonly string[];
  readonly health: Cell;
  /** Cells with Postgres, where they are not the same with `F` become `P`. */
  readonly postgresCells?: Readonly<Record<string, ConsumerCell>>;
  /** A Postgres of its own, or reached otherwise than by {@link PostgresHome.shared}. */
  startPostgres?(): Promise<PostgresHome>;
  /** What its connection string differs in, or what else the tier is told. */
  postgresOptions?(postgres: PostgresHome): PostgresTierOptions;
  /** What the answer of health has in it during the fault. */
  readonly healthSays?: string;
  /** Cells of the twin, where they are not the same with `F` and `M` become errors. */
  readonly bareCells?: Readonly<Record<string, ConsumerCell>>;
  /** Health of the twin, where it differs. */
  readonly bareHealth?: Cell;
  /** @default main and bare */
  readonly variants?: readonly Variant[];
  /** So long after boot an app may not know yet what is wrong with a fault that is there at the start. @default 500 */
  readonly knownMs?: number;
  /** How long rounds are played during the fault. @default 2000 */
  readonly duringMs?: number;
  /** Three good rounds in a row must have been seen so long after the fault. @default 6000 */
  readonly recoverMs?: number;
  /** A call may take so long, where two stores are waited for one after the other. @default the deadline and a second */
  readonly settleMs?: number;
  /** Sockets of the app, where they are not one and those that the consumers add. */
  readonly sockets?: number;
  /** Drivers that it is for. @default both */
  readonly drivers?: readonly TestDriver[];
  /** Breaks the app on purpose, one of `app/sabotage.ts`: for the suite's own test. */
  readonly sabotage?: string;
  /** The invariant that must then be found violated: the cell passes by it, and by nothing else. */
  readonly violates?: InvariantId;
  /** Played a second time also where it passed: for the suite's own test. */
  readonly twice?: boolean;
  /** Part of the short choice, in these variants. `true`: main. */
  readonly short?: boolean | readonly Variant[];
  /** Further checks, at the end of the fault and at the end of all: what is wrong, in words, with its invariant. */
  check?(world: W, moment: 'during' | 'end', tools: RowTools): Promise<readonly Finding[]>;
}

/** Forgets which world it needs: a row brings its own. */
export function row<W extends World>(definition: FaultRow<W>): FaultRow {
  return definition;
}
