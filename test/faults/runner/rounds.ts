import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerPlay, FaultConsumer, Step } from '../consumers/consumer.js';
import type { ErrorReport } from '../protocol.js';
import type { Answer, AppProcess } from './app-process.js';
import type { Cell, Seen } from './cells.js';
import type { CellRecord, Phase } from './cell-record.js';
import { askHealth } from './health.js';
import type { SecretScan } from './secrets.js';
import type { Violations } from './violation.js';

/** Callers of each consumer in a round, all at the same time. */
const CALLERS = 3;
const PAUSE_MS = 100;
const WARM_UP_ROUNDS = 5;

/** Kinds that this side makes of what it knows by itself: there is nobody else's error behind them. */
const WITHOUT_CAUSE: ReadonlySet<string> = new Set([
  'command-timeout',
  'connect-timeout',
  'unavailable',
  'closed',
  'reply',
]);

/** What rounds need to know of their cell. */
export interface RoundTools {
  readonly app: AppProcess;
  readonly port: number;
  readonly plays: ReadonlyMap<FaultConsumer, ConsumerPlay>;
  readonly record: CellRecord;
  readonly violations: Violations;
  readonly secrets: SecretScan;
  readonly cellOf: (consumer: FaultConsumer, kind: 'read' | 'write') => Cell;
  readonly healthCell: Cell;
  /** What its answer has in it during the fault. */
  readonly healthSays: string | undefined;
  /** Errors of the app's own, by name. */
  readonly appErrors: readonly string[];
}

/** Plays rounds: every caller of every consumer calls each of its verbs, and health is asked. */
export class Rounds {
  private round = 0;
  private calls = 0;

  constructor(private readonly tools: RoundTools) {}

  /** The first calls of a process take longer, on a busy machine longer than their deadline: until one round was good. */
  async warmUp(): Promise<void> {
    for (let n = 0; n < WARM_UP_ROUNDS; n += 1) {
      if (await this.play('warming')) return;
      await sleep(PAUSE_MS);
    }
  }

  /** One round. True where everything was as if nothing had ever happened. */
  async play(phase: Phase): Promise<boolean> {
    const { plays, violations } = this.tools;
    const before = violations.count;
    this.round += 1;
    const callers = [...plays].flatMap(([consumer, play]) =>
      Array.from({ length: CALLERS }, (_, caller) => this.caller(consumer, play.steps(caller, this.round), phase)),
    );
    // an app that is being closed does not listen any more
    const health = phase === 'closing' ? [] : [this.health(phase)];
    const good = await Promise.all([...health, ...callers]);
    return good.every(Boolean) && violations.count === before;
  }

  /** Rounds with pauses for so long as it is wanted. */
  async playWhile(phase: Phase, wanted: () => boolean): Promise<void> {
    do {
      await this.play(phase);
      await sleep(PAUSE_MS);
    } while (wanted());
  }

  /** Until three in a row were good. @returns milliseconds to the first of them; undefined where time ran out */
  async playUntilGood(timeoutMs: number): Promise<number | undefined> {
    const startedAt = performance.now();
    let first: number | undefined;
    let good = 0;
    while (performance.now() - startedAt < timeoutMs) {
      const isGood = await this.play('after');
      first = isGood ? (first ?? performance.now() - startedAt) : undefined;
      good = isGood ? good + 1 : 0;
      if (good === 3) return first;
      await sleep(PAUSE_MS);
    }
    return undefined;
  }

  /** One call of a consumer. */
  async call(consumer: string, verb: string, args: readonly unknown[]): Promise<Answer> {
    this.calls += 1;
    const answer = await this.tools.app.call(this.calls, consumer, verb, args);
    if (answer.error) this.tools.secrets.scan(`the error of ${consumer}.${verb}`, answer.error.text);
    return answer;
  }

  /** What is exported of it all. */
  async scrape(): Promise<void> {
    const { value } = await this.call('exported', 'metrics', []);
    this.tools.secrets.scan('the metrics', String(value));
  }

  private async caller(consumer: FaultConsumer, steps: readonly Step[], phase: Phase): Promise<boolean> {
    let good = true;
    for (const step of steps) good = (await this.step(consumer, step, phase)) && good;
    return good;
  }

  private async step(consumer: FaultConsumer, step: Step, phase: Phase): Promise<boolean> {
    const { record, cellOf } = this.tools;
    const what = `${consumer.name}.${step.verb}`;
    const answer = await this.call(consumer.name, step.verb, step.args);
    const seen = this.judge(step, answer);
    if (answer.error) this.checkError(what, answer.error);
    const { elapsedMs } = answer;
    return record.note(consumer.name, what, phase, { seen, elapsedMs }, cellOf(consumer, step.kind));
  }

  private judge(step: Step, answer: Answer): Seen {
    if (answer.hung || answer.error) {
      step.failed?.(answer.error);
      return answer.error ? `E(${answer.error.kind})` : 'HANG';
    }
    const { seen, violations = [] } = step.judge(answer.value);
    this.tools.violations.addAll(violations);
    return seen;
  }

  private checkError(what: string, { isRedisError, kind, hasCause }: ErrorReport): void {
    const { violations, appErrors } = this.tools;
    if (appErrors.includes(kind)) return;
    if (!isRedisError) violations.add('I9', `${what} rejected with a ${kind}, which is no RedisError`);
    else if (!hasCause && !WITHOUT_CAUSE.has(kind))
      violations.add('I9', `${what}: an error of kind ${kind} has no cause`);
  }

  private async health(phase: Phase): Promise<boolean> {
    const { port, record, violations, secrets, healthCell, healthSays } = this.tools;
    const { body, ...answer } = await askHealth(port, violations);
    secrets.scan('the health body', body);
    if (phase === 'during' && answer.seen !== 'up' && healthSays !== undefined && !body.includes(healthSays)) {
      violations.add('I9', `health does not say ${healthSays} as it is ${answer.seen}`);
    }
    return record.note('health', 'health', phase, answer, healthCell);
  }
}
