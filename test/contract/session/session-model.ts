/** Where a change is kept for every node. */
export type Store = 'redis' | 'postgres';

/** What a session is read as: the number that it holds, or that there is none. */
export type Value = number | 'none';

/** Who asks: a node, between one start of it and its end. */
export interface Asker {
  readonly life: string;
  /** The stores that it surely reaches. */
  readonly reach: ReadonlySet<Store>;
  /** Whether no store can be reached, so that it knows only what it has itself. */
  readonly isAlone: boolean;
}

/** A change that was acknowledged, or where everything began. */
interface Change {
  /** More than one where several were made at once. */
  readonly values: readonly Value[];
  readonly life: string;
  /** The stores that its node surely reached, and that have not lost it since. */
  readonly stores: Set<Store>;
  /** Changes of one step were made at once. */
  readonly step: number;
}

const BOTH: readonly Store[] = ['redis', 'postgres'];

/**
 * One session, by the promise alone: a read sees the last change that was acknowledged, where the node that made it and the
 * one that reads have a store in common, or are one; a destroyed session never comes back; nobody is told "none" of what
 * lives. Where they have no store in common, any value since all was well may be read, but none that is older than what the
 * same node has read or written before.
 */
export class ModelSession {
  private changes: Change[] = [{ values: ['none'], life: '', stores: new Set(BOTH), step: -1 }];
  private readonly tombstones: Change[] = [];
  /** Of changes that failed, and may have been made all the same. */
  private attempts: { readonly value: Value; readonly step: number }[] = [];
  /** A destroy that failed may win at any time. */
  private isDoomed = false;
  private readonly ever = new Set<Value>();
  /** The step of the newest change that each node knows of. */
  private readonly known = new Map<string, number>();
  /** What it was called before it was rotated. */
  readonly former: string[] = [];

  constructor(public id: string) {}

  acknowledged(value: Value, asker: Asker, step: number): void {
    this.record([value], asker, step);
  }

  /** Under a new id, which nothing is remembered under. */
  rotated(id: string, values: readonly Value[], asker: Asker, step: number): void {
    // Where Postgres has the tombstone, nothing takes it away.
    if (asker.reach.has('postgres')) this.former.push(this.id);
    this.id = id;
    this.changes = [{ values: ['none'], life: '', stores: new Set(BOTH), step: -1 }];
    this.tombstones.length = 0;
    this.known.clear();
    this.attempts = [];
    this.isDoomed = false;
    this.record(values, asker, step);
  }

  /** A node has read this. */
  observed(life: string, value: Value): void {
    const change = this.changes.findLast(({ values }) => values.includes(value));
    const step = change?.step ?? this.attempts.findLast((attempt) => attempt.value === value)?.step;
    if (step !== undefined) this.known.set(life, Math.max(step, this.known.get(life) ?? -1));
  }

  failed(value: Value, step: number): void {
    this.attempts.push({ value, step });
    this.ever.add(value);
    if (value === 'none') this.isDoomed = true;
  }

  /** What a read may give. */
  allowed(asker: Asker): Set<Value> {
    const { last } = this;
    const isSeen = last.some((change) => sees(asker, change));
    const values = isSeen ? last.flatMap((change) => change.values) : this.all(asker);
    const later = this.attempts.filter(({ step }) => step >= (last[0]?.step ?? 0)).map(({ value }) => value);
    const mayBeGone = this.isDoomed || this.tombstones.length > 0;
    return new Set([...values, ...later, ...(mayBeGone ? (['none'] as const) : [])]);
  }

  /** Whether that node has to know that it was destroyed before this step. */
  isSurelyGone(asker: Asker, before: number): boolean {
    return this.tombstones.some((change) => change.step < before && sees(asker, change));
  }

  get mayBeGone(): boolean {
    return this.isDoomed || this.tombstones.length > 0;
  }

  /** What there may be once every store is back and every node in step. */
  final(isAlive: (life: string) => boolean): Set<Value> {
    const isKept = ({ stores, life }: Change): boolean => stores.size > 0 || isAlive(life);
    if (this.tombstones.some(isKept)) return new Set(['none']);
    const everywhere = { life: '', reach: new Set(BOTH), isAlone: false };
    const kept = this.last.find(isKept);
    return kept === undefined ? new Set(this.all(everywhere)) : this.allowed({ ...everywhere, life: kept.life });
  }

  /** All stores agree on this. */
  settled(value: Value): void {
    this.changes = [{ values: [value], life: '', stores: new Set(BOTH), step: -1 }];
    this.known.clear();
    for (const { stores } of this.tombstones) for (const store of BOTH) stores.add(store);
    this.attempts = [];
  }

  /** A store came back without what it had. */
  lost(store: Store): void {
    for (const { stores } of [...this.changes, ...this.tombstones]) stores.delete(store);
  }

  private get last(): readonly Change[] {
    const step = this.changes.at(-1)?.step;
    return this.changes.filter((change) => change.step === step);
  }

  private record(values: readonly Value[], { life, reach }: Asker, step: number): void {
    const change: Change = { values, life, stores: new Set(reach), step };
    this.changes.push(change);
    this.known.set(life, step);
    for (const value of values) this.ever.add(value);
    if (values.includes('none')) this.tombstones.push(change);
  }

  /** A node that is alone knows what it has read or written, and never that there is none. */
  private all({ life, isAlone }: Pick<Asker, 'life' | 'isAlone'>): Value[] {
    const from = this.known.get(life);
    if (isAlone && from === undefined) return [...this.ever].filter((value) => value !== 'none');
    const isNewEnough = ({ step }: { readonly step: number }): boolean => from === undefined || step >= from;
    const made = this.changes.filter(isNewEnough).flatMap(({ values }) => values);
    const tried = this.attempts.filter(isNewEnough).map(({ value }) => value);
    return [...made, ...tried].filter((value) => !isAlone || value !== 'none');
  }
}

function sees({ life, reach }: Asker, change: Change): boolean {
  return change.life === life || [...change.stores].some((store) => reach.has(store));
}
