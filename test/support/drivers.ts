import { describe } from '@jest/globals';

/** The drivers that a contract holds for. */
export const TEST_DRIVERS = ['ioredis', 'node-redis'] as const;

export type TestDriver = (typeof TEST_DRIVERS)[number];

/** One `describe` a driver, with the same body: what holds for one holds for the other to the letter. */
export function describeEachDriver(name: string, body: (driver: TestDriver) => void): void {
  for (const driver of TEST_DRIVERS) {
    describe(`${name} (${driver})`, () => body(driver));
  }
}
