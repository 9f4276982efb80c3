/** Asked by the house itself, and not missed where they are forbidden. */
const QUESTIONS: ReadonlySet<string> = new Set(['ping', 'info']);

/** What was forbidden once and is asked for no more is no trouble any more. */
const REMEMBERED_MS = 60_000;

/** What the app asked for lately and its user may not do, as far as it has not been allowed since. @internal */
export class ForbiddenOperations {
  private readonly metAt = new Map<string, number>();

  forbidden(operation: string): void {
    if (!QUESTIONS.has(operation)) this.metAt.set(operation, performance.now());
  }

  allowed(operation: string): void {
    if (this.metAt.size > 0) this.metAt.delete(operation);
  }

  get isAny(): boolean {
    const since = performance.now() - REMEMBERED_MS;
    for (const [operation, at] of this.metAt) if (at < since) this.metAt.delete(operation);
    return this.metAt.size > 0;
  }
}
