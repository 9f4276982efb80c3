import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { classifyError } from '../errors/classify-error.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { startDeadline, type Deadline } from '../utils/deadline.js';

/** An attempt that takes longer is looked into. */
const SUSPICIOUS_MS = 1_000;

/** Of the time for a connection: the reason is to be known before that is over. */
const SUSPICIOUS_SHARE = 1 / 3;

/** Said of a name of which nobody says where it leads. Mapped to kind `dns` by its code. @internal */
export class NameTimeoutError extends Error {
  readonly code = 'EAI_AGAIN';

  constructor() {
    super('No name server has answered where the host is');
    this.name = 'NameTimeoutError';
  }
}

/**
 * Tells a name server that does not answer from a server that does not: drivers call either a timeout of the connection.
 * So a name is asked for once more, beside an attempt that takes long.
 *
 * @internal
 */
export class NameWatch {
  private readonly host: string | undefined;
  private readonly suspiciousMs: number;
  private deadline: Deadline | undefined;
  private isAsking = false;

  constructor(
    { endpoint, cluster, connectTimeoutMs }: RedisSettings,
    private readonly resolve: (host: string, answered: () => void) => void = lookup,
  ) {
    const host = 'path' in endpoint || cluster !== undefined ? undefined : endpoint.host;
    this.host = host === undefined || isIP(host) !== 0 ? undefined : host;
    this.suspiciousMs = Math.min(SUSPICIOUS_MS, connectTimeoutMs * SUSPICIOUS_SHARE);
  }

  /** An attempt begins. */
  begin(): void {
    this.end();
    const { host } = this;
    if (host !== undefined) this.deadline = startDeadline(this.suspiciousMs, () => this.ask(host));
  }

  /** It ended. */
  end(): void {
    this.deadline?.stop();
  }

  /** Why an attempt has come to nothing so far, where that is the name's fault. */
  get reason(): NameTimeoutError | undefined {
    return this.isAsking ? new NameTimeoutError() : undefined;
  }

  /** The reason in place of a timeout; any other error knows better. */
  reasonOf(error: unknown): unknown {
    const kind = classifyError(error)?.kind;
    return kind === 'connect-timeout' || kind === undefined ? (this.reason ?? error) : error;
  }

  /** One question at a time: each that hangs takes a thread of the process. */
  private ask(host: string): void {
    if (this.isAsking) return;
    this.isAsking = true;
    this.resolve(host, () => {
      this.isAsking = false;
    });
  }
}
