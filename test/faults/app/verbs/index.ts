import type { Type } from '@nestjs/common';
import { CacheVerbs } from './cache.verbs.js';
import { ConnectionVerbs } from './connection.verbs.js';
import { ContextVerbs } from './context.verbs.js';
import { CounterVerbs } from './counter.verbs.js';
import { DatabaseVerbs } from './database.verbs.js';
import { ExportedVerbs } from './exported.verbs.js';
import { QueueVerbs } from './queue.verbs.js';
import { RawVerbs } from './raw.verbs.js';
import { SessionVerbs } from './session.verbs.js';
import { StrainVerbs } from './strain.verbs.js';
import type { VerbsProvider } from './verbs.js';

/** The consumers of the app, by the names that the runner uses; and what rows do to it by themselves. */
export const VERBS: Readonly<Record<string, Type<VerbsProvider>>> = {
  session: SessionVerbs,
  connection: ConnectionVerbs,
  context: ContextVerbs,
  cache: CacheVerbs,
  counter: CounterVerbs,
  database: DatabaseVerbs,
  exported: ExportedVerbs,
  queue: QueueVerbs,
  raw: RawVerbs,
  strain: StrainVerbs,
};
