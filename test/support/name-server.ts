import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

/** How questions are met: with the address, with "no such name", or with nothing. */
export type NameServerMood = 'knows' | 'denies' | 'silent';

const HEADER_BYTES = 12;
const TYPE_A = 1;
/** A response, recursion desired and available. */
const ANSWER = 0x8180;
const NO_SUCH_NAME = 3;

interface Question {
  readonly packet: Buffer;
  readonly from: RemoteInfo;
}

/** A name server on loopback to which every name is the same machine: 127.0.0.1. Source: RFC 1035, section 4. */
export class NameServer implements TestResource {
  private readonly waiting: Question[] = [];
  private mood: NameServerMood = 'knows';

  private constructor(private readonly socket: Socket) {
    socket.on('message', (packet, from) => this.take({ packet, from }));
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    const server = track(new NameServer(socket));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return server;
  }

  /** Host and port, as `dns.setServers` takes it. */
  get address(): string {
    const { address, port } = this.socket.address();
    return `${address}:${port}`;
  }

  /** What it did not answer while it was silent it answers when it is not any more, as one that was slow. */
  become(mood: NameServerMood): void {
    this.mood = mood;
    if (mood !== 'silent') for (const question of this.waiting.splice(0)) this.take(question);
  }

  async stop(): Promise<void> {
    untrack(this);
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  private take(question: Question): void {
    if (this.mood === 'silent') return void this.waiting.push(question);
    const { packet, from } = question;
    this.socket.send(answerTo(packet, this.mood === 'knows'), from.port, from.address);
  }
}

function answerTo(packet: Buffer, isKnown: boolean): Buffer {
  const end = endOfQuestion(packet);
  const hasAddress = isKnown && packet.readUInt16BE(end - 4) === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  packet.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER | (isKnown ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAddress ? 1 : 0, 6);
  // the name of the question, type A, class IN, no time to live, four bytes
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([header, packet.subarray(HEADER_BYTES, end), ...(hasAddress ? [record] : [])]);
}

/** After the labels of the name, their end, type and class. */
function endOfQuestion(packet: Buffer): number {
  let at = HEADER_BYTES;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) at += length + 1;
  return at + 5;
}
