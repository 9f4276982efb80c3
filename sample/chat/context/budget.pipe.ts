import { Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { readBudget } from '../common/read-budget.js';

const DEFAULT = 1_000;

/** The tokens that a window may have, of a request's query. */
@Injectable()
export class BudgetPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    if (value === undefined) return DEFAULT;
    return readBudget(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
  }
}
