import { validateContextOptions, validateNamedContext } from '../../../lib/context/validate-context-options.js';
import { isRedisError } from '../../../lib/errors/redis.error.js';

const faultOf = (options: unknown): string => {
  try {
    validateContextOptions(options);
  } catch (error) {
    expect(isRedisError(error, 'configuration')).toBe(true);
    return (error as Error).message;
  }
  throw new Error('was taken');
};

describe('options of the context', () => {
  it('have a cap, a TTL and deadlines by default', () => {
    expect(validateContextOptions({})).toEqual({
      maxMessages: 100,
      maxTokens: undefined,
      countTokens: 'auto',
      ttlMs: 86_400_000,
      idWindow: 256,
      required: true,
      tenant: undefined,
      loader: undefined,
      loaderTimeoutMs: 5_000,
      loadLeaseMs: 1_000,
      onLoaderError: 'throw',
      onUnavailable: 'miss',
    });
  });

  it.each(['maxMessages', 'maxTokens', 'ttlMs', 'loaderTimeoutMs'])(
    'refuse a %s that is no integer of at least 1',
    (option) => {
      for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, true, 2 ** 60]) {
        expect(faultOf({ [option]: value })).toContain(`${option} must be an integer`);
      }
      expect(validateContextOptions({ [option]: 1 })).toMatchObject({ [option]: 1 });
    },
  );

  it('tell every fault at once, by name', () => {
    const message = faultOf({
      maxMessages: 0,
      ttlMs: 0,
      idWindow: -1,
      required: 'yes',
      tenant: '',
      loader: 'db',
      onUnavailable: 'maybe',
      countTokens: 'abacus',
      loadLeaseMs: -1,
      onLoaderError: 'wait',
      maxMessage: 5,
    });
    for (const words of [
      'maxMessages must be an integer of at least 1',
      'ttlMs must be an integer of at least 1',
      'idWindow must be an integer from 0 to 4096',
      'required must be true or false',
      'tenant must not be empty',
      'loader must be a function',
      "onUnavailable must be 'miss' or 'throw'",
      'countTokens must be a function or one of auto, estimate, gpt-tokenizer, js-tiktoken',
      'loadLeaseMs must be an integer from 0',
      "onLoaderError must be 'throw' or 'stale'",
      'maxMessage is not an option',
    ]) {
      expect(message).toContain(words);
    }
  });

  it('refuse what a factory gives beside the options', () => {
    expect(faultOf({ connection: 'other' })).toContain('connection is not an option');
    expect(faultOf(undefined)).toContain('the options must be an object');
    expect(faultOf({ constructor: 1 })).toContain('constructor is not an option');
    expect(faultOf({ name: 'other' })).toContain('name is static: give it to forFeature, beside the options');
  });

  it('name the context at fault, and refuse a name that is none, with the other faults', () => {
    const named = (name: unknown, options: unknown) => () => validateNamedContext(name as string, options);
    expect(validateNamedContext('{x}:*', { maxMessages: 3 })).toMatchObject({ name: '{x}:*', maxMessages: 3 });
    expect(named('support', { ttlMs: 0 })).toThrow(
      'cannot start the context "support" with these options: ttlMs must be an integer of at least 1.',
    );
    expect(named('', { ttlMs: 0 })).toThrow('with these options: name must not be empty; ttlMs must be');
    for (const name of [undefined, null, 7, {}]) expect(named(name, {})).toThrow('name must be text');
    expect(named('x'.repeat(513), {})).toThrow('name must not be longer than 512 characters');
    expect(named('support', { name: 'support' })).toThrow('name is static');
  });
});
