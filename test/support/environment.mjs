import { basename, dirname } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

const RESOURCES = Symbol.for('hub.test.resources');
const REAL_PROCESS = Symbol.for('hub.test.process');
const STOP_DEADLINE_MS = 10_000;

/**
 * Node's environment, and two things that only code outside the sandbox can do: lend tests the real `process` (the
 * sandbox has a copy on which no event is ever emitted), and stop what a spec left open after its last hook.
 */
export default class HubEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // In such a run each folder of the contract is a part of the package, and a user of docs/ACL.md.
    if (this.global.HUB_TEST_LEAST_RIGHTS) this.global.HUB_TEST_USER = basename(dirname(context.testPath));
  }

  async setup() {
    await super.setup();
    this.global[REAL_PROCESS] = process;
    this.global[RESOURCES] = new Set();
  }

  async teardown() {
    const left = [...this.global[RESOURCES]].toReversed();
    for (const resource of left) {
      await stopInTime(resource);
    }
    await super.teardown();
  }
}

async function stopInTime(resource) {
  let timer;
  const deadline = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('a test resource did not stop in time')), STOP_DEADLINE_MS);
  });
  try {
    await Promise.race([resource.stop(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
