/**
 * Four projects, one a folder of test/, and one that runs a part of them again. One spec:
 *   node --experimental-vm-modules node_modules/.bin/jest --selectProjects contract -- redis-server
 */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      sourceMaps: 'inline',
    },
  ],
};

const project = (name, timeoutMs, overrides = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.spec.ts`],
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nestjs-redis-hub$': '<rootDir>/lib/index.ts',
    '^nestjs-redis-hub/(ioredis|node-redis|session/express|session/fastify|session/postgres|context/ai|context/langchain)$':
      '<rootDir>/lib/$1.ts',
    '^nestjs-redis-hub/(session|context|bullmq|health|metrics|otel|testing)$': '<rootDir>/lib/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/build/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  transform,
  globals: { HUB_TEST_TIMEOUT_MS: timeoutMs },
  ...overrides,
});

/** Run once more, each as the user of docs/ACL.md that is named as its folder. */
const CONSUMERS = ['contract/service', 'contract/session', 'contract/context', 'contract/health', 'e2e/queue'];

/** What has users of its own, or looks at other things than a user's rights. */
const WITHOUT_RIGHTS = [
  'replies-out-of-step',
  'queue/(cluster|tls|refusals)',
  'session/(postgres-|session-(face|log|model|reopen)|express-behaviour-outage|tier-contract)',
];

export default {
  maxWorkers: 2,
  projects: [
    project('unit', 5_000),
    project('contract', 20_000),
    project('e2e', 60_000),
    project('least', 60_000, {
      testMatch: CONSUMERS.map((folder) => `<rootDir>/test/${folder}/*.spec.ts`),
      testPathIgnorePatterns: ['/node_modules/', ...WITHOUT_RIGHTS],
      globals: { HUB_TEST_TIMEOUT_MS: 60_000, HUB_TEST_LEAST_RIGHTS: true },
    }),
    project('package', 180_000),
  ],
};
