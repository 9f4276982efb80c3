import type { EventOrigin } from './metric-group.js';

/** The connections whose events are counted. Those of others in the process are not: their names may be without bound. @internal */
export class FollowedNames {
  private readonly counts = new Map<string, number>();

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  /** @returns ends it */
  follow(names: readonly string[]): () => void {
    for (const name of names) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (!isOver) for (const name of names) this.drop(name);
      isOver = true;
    };
  }

  /** Whose an event is: of a connection, or of a duplicate, which has the name of its connection before a slash. */
  originOf(connection: string): EventOrigin | undefined {
    if (this.counts.has(connection)) return { connection, isDuplicate: false };
    for (let end = connection.lastIndexOf('/'); end > 0; end = connection.lastIndexOf('/', end - 1)) {
      const name = connection.slice(0, end);
      if (this.counts.has(name)) return { connection: name, isDuplicate: true };
    }
    return undefined;
  }

  private drop(name: string): void {
    const left = (this.counts.get(name) ?? 1) - 1;
    if (left === 0) this.counts.delete(name);
    else this.counts.set(name, left);
  }
}
