import { describe, expect, it } from '@jest/globals';
import { isRedisError } from '../../../lib/errors/redis.error.js';
import { memoryTier } from '../../../lib/session/memory-tier.factory.js';
import type { SessionModuleOptions } from '../../../lib/session/interfaces/session-options.interface.js';
import { validateSessionOptions } from '../../../lib/session/validate-session-options.js';

function messageOf(options: unknown): string {
  try {
    validateSessionOptions(options as SessionModuleOptions);
  } catch (error) {
    return isRedisError(error, 'configuration') ? error.message : String(error);
  }
  return 'nothing was refused';
}

describe('validateSessionOptions', () => {
  it('fills in the defaults', () => {
    const { fallback, serializer, ...rest } = validateSessionOptions({});
    expect(serializer.parse(serializer.stringify({ n: 1 }))).toEqual({ n: 1 });
    expect(rest).toEqual({
      ttlMs: 86_400_000,
      required: true,
      keyPrefix: 'dialog:session:',
      touchAfterMs: 60_000,
      maxPayloadBytes: 1_048_576,
    });
    expect(fallback.map((tier) => tier.name)).toEqual(['memory']);
  });

  it('makes a memory tier of its own for each module', () => {
    expect(validateSessionOptions({}).fallback[0]).not.toBe(validateSessionOptions({}).fallback[0]);
  });

  it('takes an empty list of fallback tiers, and options that are undefined', () => {
    expect(validateSessionOptions({ fallback: [], ttlMs: undefined }).fallback).toEqual([]);
  });

  it('names every fault in one error, and shows no value', () => {
    const message = messageOf({
      ttlMs: 0,
      fallback: [{ name: 'hunter2' }],
      required: 'hunter2',
      keyPrefix: '',
      maxPayloadBytes: 1,
      connection: 'hunter2',
      ttlSeconds: 5,
    });
    for (const name of ['ttlMs', 'fallback', 'required', 'keyPrefix', 'maxPayloadBytes', 'connection', 'ttlSeconds']) {
      expect(message).toMatch(new RegExp(`\\b${name} (must|is)`));
    }
    expect(message).not.toContain('hunter2');
  });

  it.each([0, -1, 1.5, '60', Number.NaN, Number.POSITIVE_INFINITY, 1e15])('refuses a ttlMs of %p', (ttlMs) => {
    expect(messageOf({ ttlMs })).toContain('ttlMs must be an integer of milliseconds from 1');
  });

  it('refuses two tiers of one name', () => {
    expect(messageOf({ fallback: [memoryTier(), memoryTier()] })).toContain('different names');
  });

  it.each([undefined, null, 'redis://:hunter2@host'])('refuses options that are %p', (options) => {
    expect(messageOf(options)).toContain('the options must be an object');
  });

  it.each(['constructor', 'toString', '__proto__x'])('refuses the option %p', (name) => {
    expect(messageOf({ [name]: 1 })).toContain('is not an option');
  });
});
