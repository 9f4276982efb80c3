/** What one reply may hold: more than a gigabit line carries while the watchdog waits for its answer. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Drivers make room for what a list announces before any of it has come, and each element costs more than its bytes. */
const MOST_ELEMENTS = 2 * 1024 * 1024;

/** Both drivers read a list inside a list by recursion. Redis' own replies are nested a dozen deep at most. */
const DEEPEST = 128;

const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Some drivers report it and read on, from the next bytes that come: to them the socket may be as good as before. */
const NO_PROTOCOL = 'is not of the Redis protocol';

/** Type bytes of RESP2 and RESP3. Source: the Redis serialization protocol specification. */
const LINES = typesOf('+-:_#,(');
const TEXTS = typesOf('$=!');
const LISTS = typesOf('*~>%');
const MAP = '%'.charCodeAt(0);
const NONE = 0;

/**
 * Walks over replies as they come in, and tells of one that would cost more memory or stack than any real one: drivers
 * believe whatever is announced. Looks at headers only.
 *
 * @internal
 */
export class ReplyScanner {
  private type = NONE;
  private announced = 0;
  private isNegative = false;
  /** Bytes to pass over: the end of the header's line, and what the header announced. */
  private skip = 0;
  /** Elements of the list whose header was read. */
  private listed = 0;
  /** Elements that are owed, a number for each level. */
  private readonly owed: number[] = [];
  private bytes = 0;
  private elements = 0;
  private length = 0;
  private fault: string | undefined;

  /** What is wrong with the reply, as the end of a sentence; undefined for a good one. */
  scan(chunk: Uint8Array): string | undefined {
    this.bytes += chunk.length;
    let at = 0;
    while (at < chunk.length && this.fault === undefined) {
      if (this.skip > 0) at = this.pass(at, chunk.length);
      else if (this.type === NONE) this.begin(chunk[at++]);
      else at = this.readHeader(chunk, at);
    }
    if (this.bytes > MOST_BYTES) this.fault ??= `does not end within ${MOST_BYTES} bytes`;
    return this.fault;
  }

  private begin(type = NONE): void {
    this.type = type;
    this.announced = 0;
    this.isNegative = false;
    this.length = 0;
    if (!LINES.has(type) && !TEXTS.has(type) && !LISTS.has(type)) this.fault = NO_PROTOCOL;
  }

  private pass(at: number, end: number): number {
    const passed = Math.min(this.skip, end - at);
    this.skip -= passed;
    if (this.skip === 0) this.endElement(end - at - passed);
    return at + passed;
  }

  private readHeader(chunk: Uint8Array, from: number): number {
    const isLine = LINES.has(this.type);
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? CR;
      if (byte === CR) {
        this.endHeader();
        return at + 1;
      }
      if (!isLine) this.readLength(byte);
    }
    return chunk.length;
  }

  /** Drivers read on after a sign or a letter, each in its own way, and come to another length than this. */
  private readLength(byte: number): void {
    if (byte === MINUS && this.length === 0) this.isNegative = true;
    else if (byte >= ZERO && byte <= NINE) this.announced = this.announced * 10 + byte - ZERO;
    else this.fault = NO_PROTOCOL;
    this.length += 1;
  }

  private endHeader(): void {
    const announced = this.isNegative ? 0 : this.announced;
    this.skip = 1;
    if (LISTS.has(this.type)) this.listed = this.type === MAP ? 2 * announced : announced;
    if (!TEXTS.has(this.type) || this.isNegative) return;
    if (announced > MOST_BYTES) this.fault = `announces a text of more than ${MOST_BYTES} bytes`;
    this.skip += announced + 2;
  }

  /** @param left bytes of the chunk after it, which are the next reply's where this one ends */
  private endElement(left: number): void {
    this.type = NONE;
    if (this.listed > 0) return this.openList();
    const { owed } = this;
    for (let level = owed.length - 1; level >= 0; level--) {
      owed[level] = (owed[level] ?? 0) - 1;
      if (owed[level] !== 0) return;
      owed.pop();
    }
    this.bytes = left;
    this.elements = 0;
  }

  private openList(): void {
    this.elements += this.listed;
    this.owed.push(this.listed);
    this.listed = 0;
    if (this.elements > MOST_ELEMENTS) this.fault = `announces more than ${MOST_ELEMENTS} elements`;
    if (this.owed.length > DEEPEST) this.fault = `holds lists more than ${DEEPEST} deep`;
  }
}

function typesOf(characters: string): ReadonlySet<number> {
  return new Set(Buffer.from(characters));
}
