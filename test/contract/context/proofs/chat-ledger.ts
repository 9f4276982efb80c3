import type { AppendResult } from '../../../../lib/context/index.js';

/** One entry as it stands in the list. */
export interface StoredEntry {
  readonly sequence: number;
  readonly content: string;
}

/** The entries of LRANGE, newest first. */
export function entriesOf(list: unknown): StoredEntry[] {
  return (list as string[]).map((entry) => {
    const { content } = JSON.parse(entry.slice(entry.indexOf('{'))) as { content: string };
    return { sequence: Number.parseInt(entry, 10), content };
  });
}

/** What was acknowledged of one chat: which message has which sequence. */
export class ChatLedger {
  private readonly said = new Map<number, string>();
  readonly faults: string[] = [];
  private newest = 0;

  constructor(private readonly cap: number) {}

  get last(): number {
    return this.newest;
  }

  /** Whether every sequence up to the last one was acknowledged, as of a chat whose writers all ended well. */
  get isComplete(): boolean {
    return this.said.size === this.newest;
  }

  /** A turn has its sequences in a row, and nobody else has them. */
  acknowledge(contents: readonly string[], { sequence, stored }: Pick<AppendResult, 'sequence' | 'stored'>): void {
    if (stored !== contents.length) this.faults.push(`${stored} of ${contents.length} messages stored`);
    this.newest = Math.max(this.newest, sequence);
    for (const [at, content] of contents.entries()) {
      const own = sequence - contents.length + 1 + at;
      if (this.said.has(own)) this.faults.push(`sequence ${own} was given twice`);
      this.said.set(own, content);
    }
  }

  /** What is wrong with a list that was seen: it is the end of what was acknowledged, as long as the cap, in order. */
  faultsOf(entries: readonly StoredEntry[]): string[] {
    const newest = entries[0]?.sequence ?? 0;
    const faults = entries.length === Math.min(this.cap, newest) ? [] : [`${entries.length} entries up to ${newest}`];
    for (const [at, { sequence, content }] of entries.entries()) {
      if (sequence !== newest - at) faults.push(`sequence ${sequence} at ${at} behind ${newest}`);
      const said = this.said.get(sequence);
      if (said !== undefined && said !== content) faults.push(`sequence ${sequence} is another message`);
    }
    return faults;
  }
}
