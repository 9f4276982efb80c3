import type { RespReply } from '../../support/resp-connection.js';
import type { ErrorReport } from '../protocol.js';
import type { Violation } from '../runner/violation.js';

/** What a value that was answered says. */
export interface Verdict {
  readonly seen: 'R' | 'P' | 'F' | 'M';
  readonly violations?: readonly Violation[];
}

/** One call of a consumer, and what to make of its answer. */
export interface Step {
  readonly verb: string;
  /** Which of a row's cells it is held to. */
  readonly kind: 'read' | 'write';
  readonly args: readonly unknown[];
  judge(value: unknown): Verdict;
  /** The call was rejected: what is owed may have changed all the same. */
  failed?(error: ErrorReport | undefined): void;
}

/** What an end check may use. */
export interface EndTools {
  readonly queuePrefix: string;
  /** Asks the server itself; the first argument after the command is the key. */
  ask(...args: (string | number)[]): Promise<RespReply>;
  /** Asks Postgres itself, where the app's sessions are there too. */
  readonly query?: (text: string, values: unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Calls a verb of this consumer in the app; rejects where the app rejects. */
  call(verb: string, ...args: unknown[]): Promise<unknown>;
}

/** A consumer within one cell: it knows what was acknowledged there. */
export interface ConsumerPlay {
  /** The calls of one caller in one round, one after another. Callers are at it at the same time. */
  steps(caller: number, round: number): readonly Step[];
  /** From now on what is acknowledged may be lost, by servers that change their master; or no longer. */
  forgive?(isForgiven: boolean): void;
  /** Of what was acknowledged in such a time: how much was lost. */
  lost?(tools: EndTools): Promise<number>;
  /** Undefined when everything is paid that was acknowledged, else what is missing; asked until paid or late. */
  owed(tools: EndTools): Promise<Violation[]>;
}

/** A consumer as the suite knows it. */
export interface FaultConsumer {
  readonly name: string;
  /** Sockets that it adds to the one of the app. */
  readonly sockets?: number;
  /** Its writes reject where its reads miss: it does not acknowledge what it would drop. */
  readonly rejectsWrites?: boolean;
  /** The consumer whose cell it takes in rows that do not name it. */
  readonly like?: string;
  play(): ConsumerPlay;
}
