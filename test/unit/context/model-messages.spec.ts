import { modelMessageSchema } from 'ai';
import * as fc from 'fast-check';
import { assertMessages } from '../../../lib/context/assert-messages.js';
import { fromModelMessages, toModelMessages } from '../../../lib/context/ai.js';
import { anyMessage } from './messages.arbitrary.js';
import { anyModelMessage } from './model-messages.arbitrary.js';

const RUNS = { numRuns: 150 };

describe('messages of the AI SDK', () => {
  it('come back as they were, each value in its own type', () => {
    fc.assert(
      fc.property(fc.array(anyModelMessage, { maxLength: 4 }), (messages) => {
        const own = fromModelMessages(messages);
        expect(() => assertMessages(own, 'test')).not.toThrow();
        expect(toModelMessages(JSON.parse(JSON.stringify(own)) as never)).toEqual(messages);
      }),
      RUNS,
    );
  });

  it('are what ours come back from', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        const foreign = toModelMessages(messages);
        expect(fromModelMessages(foreign)).toEqual(messages);
      }),
      RUNS,
    );
  });

  it('pass the schema of the SDK', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        for (const one of toModelMessages(messages)) {
          expect(modelMessageSchema.safeParse(one).error).toBeUndefined();
        }
      }),
      RUNS,
    );
  });
});
