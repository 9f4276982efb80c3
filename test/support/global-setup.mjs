import { randomUUID } from 'node:crypto';

/** Marks everything that this run starts: children inherit the variable, and the teardown looks for it. */
export default function globalSetup() {
  process.env.HUB_TEST_RUN ??= randomUUID();
}
