import { BadRequestException } from '@nestjs/common';

const MOST = 1_000_000;

/** The tokens that a window may have, or a 400. */
export function readBudget(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new BadRequestException(`budget must be a whole number from 1 to ${MOST}`);
}
