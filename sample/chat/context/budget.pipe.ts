import { BadRequestException, Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';

const DEFAULT = 500;
const MOST = 1_000_000;

/** The tokens that a window may have, of a request's query. */
@Injectable()
export class BudgetPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    if (value === undefined) return DEFAULT;
    const budget = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (budget >= 1 && budget <= MOST) return budget;
    throw new BadRequestException(`budget must be a whole number from 1 to ${MOST}`);
  }
}
