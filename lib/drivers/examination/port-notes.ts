import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import type { PlainHearing } from './port-language.js';

/** How long a port that was not found out is left in peace. */
const PEACE_MS = 5_000;

interface Note {
  readonly until: number;
  readonly heard: PlainHearing | undefined;
}

/** Which ports were asked of late, and not found out. Shared by the clients of one connection. @internal */
export class PortNotes {
  private readonly notes = new Map<string, Note>();

  /** Whether that port is to be left in peace. */
  isKnown(endpoint: HostEndpoint): boolean {
    return this.noteOf(endpoint) !== undefined;
  }

  /** What it said, where it was asked why it is silent. */
  hearingOf(endpoint: HostEndpoint): PlainHearing | undefined {
    return this.noteOf(endpoint)?.heard;
  }

  add(endpoint: HostEndpoint, heard?: PlainHearing): void {
    const now = performance.now();
    // Nodes come and go under new addresses.
    for (const [key, { until }] of this.notes) if (until <= now) this.notes.delete(key);
    this.notes.set(keyOf(endpoint), { until: now + PEACE_MS, heard });
  }

  private noteOf(endpoint: HostEndpoint): Note | undefined {
    const note = this.notes.get(keyOf(endpoint));
    return note !== undefined && performance.now() < note.until ? note : undefined;
  }
}

function keyOf({ host, port }: HostEndpoint): string {
  return `${host}:${port}`;
}
