import * as fc from 'fast-check';
import { assertId } from '../../../lib/context/assert-id.js';
import { encodeId } from '../../../lib/utils/encode-id.js';
import { chatKeysOf, listKeyOf } from '../../../lib/context/chat-keys.js';
import { digestOf } from '../../../lib/context/message-digest.js';

/** Any text at all: halves of surrogate pairs and the characters that mean something in a key come often. */
const anyId = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
  fc.string({
    minLength: 1,
    maxLength: 6,
    unit: fc.constantFrom('\uD800', '\uDC00', '%', 'u', 'D', '8', '0', '{', '}', ':', '*'),
  }),
);
const anyTenant = fc.option(anyId, { nil: undefined });
const anyContext = fc.option(anyId, { nil: undefined });

/** All keys that a chat of a user has: its two, and the lists of its tenant and of the user. */
function allKeysOf(context: string | undefined, tenant: string | undefined, chat: string): string[] {
  const { messages, meta } = chatKeysOf(tenant, chat, context);
  return [messages, meta, listKeyOf(tenant, '', context), listKeyOf(tenant, encodeId(chat), context)];
}

describe('keys of a chat', () => {
  it('are never shared by two chats or two tenants, and neither is the hash tag', () => {
    fc.assert(
      fc.property(anyTenant, anyId, anyTenant, anyId, (tenant, chat, otherTenant, otherChat) => {
        fc.pre(tenant !== otherTenant || chat !== otherChat);
        const [one, other] = [chatKeysOf(tenant, chat), chatKeysOf(otherTenant, otherChat)];
        expect(tagOf(one.messages)).not.toBe(tagOf(other.messages));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lie in one slot: list and hash have the same tag, and only the tag has braces', () => {
    fc.assert(
      fc.property(anyContext, anyTenant, anyId, (context, tenant, chat) => {
        const { messages, meta } = chatKeysOf(tenant, chat, context);
        expect(messages).toMatch(/^dialog:chat:(?:[\w.%-]+:)?\{[\w.%-]*:[\w.%-]+\}:m$/);
        expect(tagOf(messages)).toBe(tagOf(chatKeysOf(tenant, chat).messages));
        expect(meta).toBe(messages.replace(/m$/, 's'));
      }),
    );
  });

  it('are never shared by two contexts, whatever their tenants and chats', () => {
    const anyChat = fc.tuple(anyContext, anyTenant, anyId);
    fc.assert(
      fc.property(anyChat, anyChat, (one, other) => {
        fc.pre(one[0] !== other[0]);
        const taken = new Set(allKeysOf(...one));
        expect(allKeysOf(...other).filter((key) => taken.has(key))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are not those of another context for a name, a tenant or a chat that is made of its keys', () => {
    const piecesOf = (key: string): string[] => [key, key.slice('dialog:chat:'.length), ...key.split(/[:{}]/)];
    fc.assert(
      fc.property(anyContext, anyTenant, anyId, fc.infiniteStream(fc.nat()), (context, tenant, chat, numbers) => {
        const keys = allKeysOf(context, tenant, chat);
        const pieces = keys.flatMap(piecesOf).filter((piece) => piece !== '');
        const [name = '', otherTenant, otherChat = ''] = [...numbers.take(3)].map((n) => pieces[n % pieces.length]);
        fc.pre(name !== context);
        expect(allKeysOf(name, otherTenant, otherChat).filter((key) => keys.includes(key))).toEqual([]);
        expect(
          allKeysOf(undefined, name, otherChat).filter((key) => context !== undefined && keys.includes(key)),
        ).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a chat of a named context', 'support', 'dialog:chat:support:{acme:c1}:m', 'dialog:chats:support:{acme:c1}'],
    [
      'one whose name is a key’s',
      '{acme:c1}',
      'dialog:chat:%7Bacme%3Ac1%7D:{acme:c1}:m',
      'dialog:chats:%7Bacme%3Ac1%7D:{acme:c1}',
    ],
    ['the context without a name', undefined, 'dialog:chat:{acme:c1}:m', 'dialog:chats:{acme:c1}'],
  ])('of %s', (_name, context, messages, list) => {
    expect(allKeysOf(context, 'acme', 'c1')).toEqual([
      messages,
      messages.replace(/m$/, 's'),
      list.replace(/c1}$/, '}'),
      list,
    ]);
  });

  it.each([
    ['a chat of no tenant', undefined, 'c1', 'dialog:chat:{:c1}:m'],
    ['a chat of a tenant', 'acme', 'c1', 'dialog:chat:{acme:c1}:m'],
    ['a pattern', 'acme', '*?[a-z]', 'dialog:chat:{acme:%2A%3F%5Ba-z%5D}:m'],
    ['a hash tag', 'acme', '{x}', 'dialog:chat:{acme:%7Bx%7D}:m'],
    ['the encoded key of another chat', 'acme', '%7Bx%7D', 'dialog:chat:{acme:%257Bx%257D}:m'],
    ['half a character', 'acme', '\uD83D', 'dialog:chat:{acme:%ED%A0%BD}:m'],
    ['a whole one', 'acme', '😀', 'dialog:chat:{acme:%F0%9F%98%80}:m'],
  ])('of %s', (_name, tenant, chat, key) => {
    expect(chatKeysOf(tenant, chat).messages).toBe(key);
  });

  it('come from text of 1 to 512 characters only', () => {
    expect(() => assertId('', 'chatId', 'context.append')).toThrow('context.append: chatId must not be empty.');
    expect(() => assertId('x'.repeat(513), 'chatId', 'context.append')).toThrow(
      'must not be longer than 512 characters',
    );
    expect(() => assertId(7, 'tenant', 'context.forTenant')).toThrow('tenant must be text');
    expect(assertId('x'.repeat(512), 'chatId', 'context.append')).toHaveLength(512);
  });
});

describe('digest of a message', () => {
  const user = (id?: string) => ({ role: 'user', content: '', ...(id !== undefined && { id }) }) as const;

  it('tells ids apart, also those that UTF-8 does not', () => {
    const ids = ['a', 'b', '\uD800', '\uD801', '\uFFFD', encodeId('\uD800')];
    expect(new Set(ids.map((id) => digestOf(user(id), 0, undefined))).size).toBe(ids.length);
  });

  it('is that of the turn and the place in it for a message without an id, and none without either', () => {
    expect(digestOf(user(), 0, undefined)).toBe('');
    expect(digestOf(user(), 0, 't')).toBe(digestOf(user(), 0, 't'));
    expect(digestOf(user(), 0, 't')).not.toBe(digestOf(user(), 1, 't'));
    expect(digestOf(user('m'), 0, 't')).toBe(digestOf(user('m'), 5, 'other'));
  });

  it('has the width that the script counts on, and no comma', () => {
    fc.assert(fc.property(anyId, (id) => expect(digestOf(user(id), 0, undefined)).toMatch(/^[\w-]{12}$/)));
  });
});

function tagOf(key: string): string {
  return key.slice(key.indexOf('{') + 1, key.indexOf('}'));
}
