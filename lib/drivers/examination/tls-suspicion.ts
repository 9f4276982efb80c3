import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { startDeadline } from '../../utils/deadline.js';
import type { Deadline } from '../../utils/deadline.js';
import { createDeferred } from '../../utils/deferred.js';
import { SilentHandshakeError } from '../handshake-deadline.js';
import type { PortExaminer } from './port-examiner.js';

/** A TLS handshake that takes longer is looked into. */
const SUSPICIOUS_MS = 1_000;

/** Of the time for a connection: the verdict is to be known before that is over. */
const SUSPICIOUS_SHARE = 1 / 3;

/** How long an attempt may take. @internal */
export interface Patience {
  readonly handshakeTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/** Watches an attempt that has to be ended. @internal */
export interface Suspicion {
  /** Rejects when the attempt gets nowhere, with the reason; settles in no other way. */
  readonly confirmed: Promise<never>;
  end(): void;
}

/**
 * Bounds a TLS handshake, of which a driver tells only the end: its deadline is that of the whole opening, the name
 * server's time included. So the port is asked on another socket: one that answers in plain text will never answer in
 * TLS, and one that takes that socket at once and says nothing had its time for the first.
 *
 * @internal
 */
export function createSuspicion(examiner: PortExaminer, endpoint: HostEndpoint, patience: Patience): Suspicion {
  const confirmed = createDeferred<never>();
  const startedAt = performance.now();
  let deadline: Deadline;
  let isOver = false;
  const giveUp = (): void => confirmed.reject(new SilentHandshakeError(patience.handshakeTimeoutMs));
  const examine = async (): Promise<void> => {
    const found = await examiner.examineSilence(endpoint);
    if (isOver) return;
    if (found instanceof Error) confirmed.reject(found);
    else if (found.answer !== 'unreachable') {
      // The attempt's own socket took about as long to open; what came after that is the handshake.
      deadline = startDeadline(leftMs(startedAt + found.openMs, patience), giveUp);
    }
  };
  deadline = startDeadline(suspiciousMs(patience), () => void examine());
  return {
    confirmed: confirmed.promise,
    end: () => {
      isOver = true;
      deadline.stop();
      examiner.stop();
    },
  };
}

function suspiciousMs({ connectTimeoutMs }: Patience): number {
  return Math.min(SUSPICIOUS_MS, connectTimeoutMs * SUSPICIOUS_SHARE);
}

function leftMs(openedAt: number, { handshakeTimeoutMs }: Patience): number {
  return Math.max(0, openedAt + handshakeTimeoutMs - performance.now());
}
