import 'reflect-metadata';
import { jest } from '@jest/globals';

// Jest passes over a project's own `testTimeout`
const { HUB_TEST_TIMEOUT_MS } = globalThis as { HUB_TEST_TIMEOUT_MS?: number };
if (HUB_TEST_TIMEOUT_MS !== undefined) jest.setTimeout(HUB_TEST_TIMEOUT_MS);
