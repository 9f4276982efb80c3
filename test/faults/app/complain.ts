import type { ProcessComplaint, Report } from '../protocol.js';
import { describeError } from './describe-error.js';

/** Tells the runner, where it still listens. */
export function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

export function complain(event: ProcessComplaint['event'], error: unknown): void {
  report({ type: 'complaint', complaint: { event, text: describeError(error).text } });
}

/** A process that is well says nothing of this kind. */
export function watchProcess(): void {
  process.on('unhandledRejection', (reason) => complain('unhandledRejection', reason));
  process.on('uncaughtException', (error) => complain('uncaughtException', error));
  process.on('warning', (warning) => complain('warning', warning));
}
