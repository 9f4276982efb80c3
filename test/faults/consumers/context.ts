import { idOf } from '../protocol.js';
import type { Violation } from '../runner/violation.js';
import { mapOf } from './acked.js';
import type { ConsumerPlay, FaultConsumer, Step, Verdict } from './consumer.js';

interface Read {
  readonly seen: readonly { readonly key: string; readonly n: number }[];
  readonly source: 'redis' | 'loader' | 'none';
  readonly reason?: string;
}

class Chat {
  lastAcked = 0;
  lastRead: Read | undefined;
}

/** Owes: what was appended is read, in order; and after recovery Redis answers again, and not the loader for ever. */
export const context: FaultConsumer = { name: 'context', rejectsWrites: true, play: () => new ContextPlay() };

class ContextPlay implements ConsumerPlay {
  private readonly chats = mapOf(() => new Chat());
  private isForgiven = false;

  steps(caller: number, round: number): Step[] {
    const id = idOf('chat', caller);
    const chat = this.chats.of(id);
    return [
      {
        verb: 'write',
        kind: 'write',
        args: [id, round],
        judge: () => {
          if (!this.isForgiven) chat.lastAcked = round;
          return { seen: 'R' };
        },
      },
      { verb: 'read', kind: 'read', args: [id], judge: (value) => this.judgeRead(id, chat, value as Read) },
    ];
  }

  forgive(isForgiven: boolean): void {
    this.isForgiven = isForgiven;
  }

  owed(): Promise<Violation[]> {
    const cold = this.chats.all().filter(([, { lastRead }]) => lastRead?.source !== 'redis');
    return Promise.resolve(
      cold.map(([id, { lastRead }]) => ({
        id: 'I2',
        text: `${id}: after recovery the ${lastRead?.source} answers (${lastRead?.reason}), not Redis`,
      })),
    );
  }

  private judgeRead(id: string, chat: Chat, read: Read): Verdict {
    chat.lastRead = read;
    const violations: Violation[] = [];
    const foreign = read.seen.find(({ key }) => key !== id);
    if (foreign) violations.push({ id: 'I5', text: `${id} was answered with ${foreign.key}` });
    const numbers = read.seen.map(({ n }) => n);
    if (numbers.some((n, i) => n <= (numbers[i - 1] ?? 0))) {
      violations.push({ id: 'I5', text: `${id} was answered out of order: ${numbers.join(' ')}` });
    }
    if (read.source !== 'none' && chat.lastAcked > 0 && !numbers.includes(chat.lastAcked)) {
      violations.push({ id: 'I3', text: `${id}: ${chat.lastAcked} was appended, ${numbers.join(' ')} was read` });
    }
    // Cold is an answer of Redis: it does not hold the chat, and gets it from the loader.
    return { seen: read.source === 'redis' || read.reason === 'cold' ? 'R' : 'M', violations };
  }
}
