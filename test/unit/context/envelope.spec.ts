import * as fc from 'fast-check';
import { decodeEnvelope, toEntries } from '../../../lib/context/envelope.codec.js';
import { anyMessage } from './messages.arbitrary.js';

describe('envelope', () => {
  it('gives back every message as it was, behind a fixed prefix', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, sequence) => {
        const [entry] = toEntries([message]);
        const envelope = decodeEnvelope(`${sequence}:${entry?.tokens}:${entry?.json}`);
        expect(envelope).toEqual({ sequence, tokens: 0, message: JSON.parse(JSON.stringify(message)) });
      }),
    );
  });

  it('is well-formed UTF-8 whatever was said', () => {
    const [entry] = toEntries([{ role: 'user', content: 'half \uD800' }]);
    expect(Buffer.from(entry?.json ?? '').toString()).toBe(entry?.json);
    expect(decodeEnvelope(`1:0:${entry?.json}`)?.message.content).toBe('half \uD800');
  });

  it.each([
    ['nothing', ''],
    ['no prefix', '{"role":"user","content":""}'],
    ['half a prefix', '1:{"role":"user","content":""}'],
    ['another prefix', 'a:b:{"role":"user","content":""}'],
    ['no JSON', '1:0:{"role":"user","con'],
    ['another shape', '1:0:{"role":"wizard","content":""}'],
    ['a list', '1:0:[]'],
    ['null', '1:0:null'],
  ])('is none where the text is %s', (_name, text) => {
    expect(decodeEnvelope(text)).toBeUndefined();
  });

  it('never throws, whatever stands in the list', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeEnvelope(`1:0:${text}`)));
  });
});
