import type { AsyncLocalStorage } from 'node:async_hooks';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { attempt } from './attempt.js';
import { errorTypeOf } from './error-type.js';

/** A call that runs, and its span. What the SDK throws changes nothing for the call. @internal */
export class OperationSpan {
  /** What runs on after the call's end, such as the connection that it began, is not part of it. */
  private isOver = false;

  constructor(
    readonly connection: string,
    private readonly span: Span,
  ) {}

  /** The context of what is done for this call: the present one, where it has a span; undefined once it is over. */
  get parent(): Context | undefined {
    if (this.isOver) return undefined;
    const present = context.active();
    return trace.getSpan(present) === undefined ? trace.setSpan(present, this.span) : present;
  }

  /** Makes the call, once, with the span as the present one. */
  run<T>(running: AsyncLocalStorage<OperationSpan>, call: () => Promise<T>): Promise<T> {
    let made: Promise<T> | undefined;
    const begin = (): Promise<T> => running.run(this, () => (made ??= call()));
    void attempt(() => context.with(trace.setSpan(context.active(), this.span), begin));
    const result = begin();
    result.then(
      (answer) => this.succeed(answer),
      (error: unknown) => this.fail(error),
    );
    return result;
  }

  tell(attributes: Attributes): void {
    if (!this.isOver) attempt(() => this.span.setAttributes(attributes));
  }

  private succeed(answer: unknown): void {
    // Whether it was done at all: a value that the cache could not store rejects nothing.
    if (typeof answer === 'boolean') this.tell({ 'nestjs_redis_hub.answer': answer });
    this.end();
  }

  private fail(error: unknown): void {
    attempt(() => this.span.setAttribute('error.type', errorTypeOf(error)));
    attempt(() => this.span.setStatus({ code: SpanStatusCode.ERROR }));
    this.end();
  }

  private end(): void {
    this.isOver = true;
    attempt(() => this.span.end());
  }
}
