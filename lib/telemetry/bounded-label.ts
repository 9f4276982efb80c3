/** What names of the programmer's own look like; an id of a user, or a key, mostly does not. */
const NAME = /^[\w.:-]{1,64}$/;

/** What is no name, or one too many. */
const REST = 'other';

/**
 * Keeps the values of a label few: each is a time series for as long as the process lives. What is named in the
 * application's code (a script, the purpose of a duplicate, a tier) passes, up to so many.
 *
 * @internal
 */
export class BoundedLabel {
  private readonly known = new Set<string>();

  constructor(private readonly most = 64) {}

  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= this.most || !NAME.test(value)) return REST;
    this.known.add(value);
    return value;
  }
}
