import type { Vitals } from './vitals.js';

/** What the soaked process is asked for. */
export type SoakCommand = 'sample' | 'settle' | 'close';

export interface SlowestCall {
  readonly name: string;
  readonly ms: number;
}

/** Counts since the last time they were taken; ids of jobs go along and are forgotten by the process. */
export interface LoadCounts {
  readonly calls: number;
  readonly failures: number;
  /** Answers that were another key's, or older than what had been acknowledged. */
  readonly wrong: readonly string[];
  readonly slowest: SlowestCall;
  /** Errors that were not of this package. */
  readonly foreign: readonly string[];
  /** Jobs that were acknowledged. */
  readonly added: readonly number[];
}

export interface SoakSample extends Vitals, LoadCounts {
  /** Jobs that ran. */
  readonly ran: readonly number[];
  /** The longest time that the process, not Redis, kept everyone waiting: a machine may have more to do. */
  readonly stallMs: number;
  /** Unhandled rejections, uncaught exceptions and warnings since the start. */
  readonly complaints: number;
}

/** The last acknowledged change of each session, and the last that was tried. */
export type SettledSessions = readonly { readonly id: string; readonly acknowledged: number; readonly tried: number }[];
