import {
  coerceMessageLikeToMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
} from '@langchain/core/messages';
import * as fc from 'fast-check';
import { assertMessages } from '../../../lib/context/assert-messages.js';
import { fromBaseMessages, toBaseMessages } from '../../../lib/context/langchain.js';
import { anyBaseMessage } from './base-messages.arbitrary.js';
import { anyMessage } from './messages.arbitrary.js';

const RUNS = { numRuns: 150 };

describe('messages of LangChain', () => {
  it('come back as they were, in the same classes', () => {
    fc.assert(
      fc.property(fc.array(anyBaseMessage, { maxLength: 4 }), (messages) => {
        const own = fromBaseMessages(messages);
        expect(() => assertMessages(own, 'test')).not.toThrow();
        const back = toBaseMessages(JSON.parse(JSON.stringify(own)) as never);
        expect(back).toEqual(messages);
        expect(back.map(({ constructor }) => constructor)).toEqual(messages.map(({ constructor }) => constructor));
        expect(back.map((one) => one.toDict())).toEqual(messages.map((one) => one.toDict()));
      }),
      RUNS,
    );
  });

  it('are what ours come back from', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        expect(fromBaseMessages(toBaseMessages(messages))).toEqual(messages);
      }),
      RUNS,
    );
  });

  it('are taken and stored by LangChain itself, and ours come back from that too', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        // LangChain's own serialization drops these
        fc.pre(!/"(__proto__|lc)":/.test(JSON.stringify(messages)));
        const foreign = toBaseMessages(messages).map((message) => coerceMessageLikeToMessage(message));
        const stored = JSON.parse(JSON.stringify(mapChatMessagesToStoredMessages(foreign))) as never;
        expect(fromBaseMessages(mapStoredMessagesToChatMessages(stored))).toEqual(JSON.parse(JSON.stringify(messages)));
      }),
      RUNS,
    );
  });
});
