import type { ContextMessage } from 'nestjs-redis-hub/context';
import type { Answerer } from './answerer.interface.js';

const QUOTE_LENGTH = 60;

/** Answers without a model and says so; the same window gives the same answer. */
export class StandInAnswerer implements Answerer {
  answer(window: readonly ContextMessage[]): Promise<string> {
    const last = window.findLast(({ role }) => role === 'user');
    const text = typeof last?.content === 'string' ? last.content : '';
    return Promise.resolve(
      `This is an offline stand-in, not a model. I saw ${countOf(window.length, 'message')}; `
        + `yours has ${countOf(wordsOf(text), 'word')} and begins: “${beginningOf(text)}”`,
    );
  }
}

function wordsOf(text: string): number {
  return text.split(/\s+/u).filter(Boolean).length;
}

/** Cut between characters as a person counts them, so that no emoji is broken. */
function beginningOf(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  if (characters.length <= QUOTE_LENGTH) return line;
  return `${characters.slice(0, QUOTE_LENGTH).join('')}…`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
