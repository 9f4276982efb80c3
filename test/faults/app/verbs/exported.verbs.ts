import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { VerbsProvider } from './verbs.js';

/** Where the metrics of the app are. */
export const METRICS = new Registry();

/** What leaves the app for those who watch it. */
@Injectable()
export class ExportedVerbs implements VerbsProvider {
  readonly verbs = { metrics: () => METRICS.metrics() };
}
