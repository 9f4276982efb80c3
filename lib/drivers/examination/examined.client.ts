import type { CommandSender } from '../../commands/command-sender.interface.js';
import type { RedisClient, RedisDriverName } from '../../interfaces/redis-client.interface.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import type { DriverClient } from '../driver.interface.js';
import { PortExaminer } from './port-examiner.js';
import type { ExaminerOptions } from './port-examiner.js';
import { createSuspicion } from './tls-suspicion.js';

/** A port that was right once is not suspected before so many failures in a row. */
const TRUSTED_FAILURES = 3;

/** What is known of a client that is examined. @internal */
export interface Examination extends ExaminerOptions {
  /** Where it leads to, until it is aimed elsewhere. */
  readonly endpoint: HostEndpoint;
  readonly connectTimeoutMs: number;
}

/**
 * A driver's client whose failed attempts tell the reason also where all that the driver sees is silence or a closed
 * socket; see {@link PortExaminer}.
 *
 * @internal
 */
export class ExaminedClient implements DriverClient {
  readonly driver: RedisDriverName;
  readonly native: RedisClient;
  readonly send: CommandSender;
  private readonly examiner: PortExaminer;
  private endpoint: HostEndpoint;
  private failures = 0;
  private attempts = 0;
  private wasConnected = false;

  constructor(
    private readonly inner: DriverClient,
    private readonly examination: Examination,
  ) {
    this.driver = inner.driver;
    this.native = inner.native;
    this.send = inner.send;
    this.endpoint = examination.endpoint;
    this.examiner = new PortExaminer(examination);
  }

  get isReady(): boolean {
    return this.inner.isReady;
  }

  nodes(): readonly CommandSender[] {
    return this.inner.nodes();
  }

  aim(endpoint: HostEndpoint): void {
    this.endpoint = endpoint;
    this.inner.aim(endpoint);
  }

  onLost(listener: (reason: unknown) => void): void {
    this.inner.onLost(listener);
  }

  async connect(handshakeTimeoutMs: number): Promise<void> {
    const own = ++this.attempts;
    try {
      await this.attempt(handshakeTimeoutMs);
    } catch (error) {
      // Ended by us: there is nothing to find out, and nobody left to end the question.
      if (own !== this.attempts) throw error;
      this.failures += 1;
      throw (await this.reasonOf(error)) ?? error;
    }
    this.failures = 0;
    this.wasConnected = true;
  }

  drop(): Promise<void> {
    this.giveUp();
    return this.inner.drop();
  }

  quit(): Promise<void> {
    this.giveUp();
    return this.inner.quit();
  }

  end(): Promise<void> {
    this.giveUp();
    return this.inner.end();
  }

  duplicate(): DriverClient {
    return new ExaminedClient(this.inner.duplicate(), { ...this.examination, endpoint: this.endpoint });
  }

  private giveUp(): void {
    this.attempts += 1;
    this.examiner.stop();
  }

  private async attempt(handshakeTimeoutMs: number): Promise<void> {
    const attempt = this.inner.connect(handshakeTimeoutMs);
    if (this.examination.certificate === undefined) return attempt;
    const { connectTimeoutMs } = this.examination;
    const suspicion = createSuspicion(this.examiner, this.endpoint, { handshakeTimeoutMs, connectTimeoutMs });
    try {
      await Promise.race([attempt, suspicion.confirmed]);
    } finally {
      suspicion.end();
      // Given up, it fails when it is dropped.
      attempt.catch(() => undefined);
    }
  }

  private reasonOf(error: unknown): Promise<unknown> {
    const isTrusted = this.wasConnected && this.failures < TRUSTED_FAILURES;
    return isTrusted ? Promise.resolve(undefined) : this.examiner.examineFailure(this.endpoint, error);
  }
}
