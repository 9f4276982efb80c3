import type { Socket } from 'node:net';
import type { Attack } from './hostile-peer.js';

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');

/** What a peer does that is no Redis, or means harm, by name. Each answers whatever it was asked. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  silence: () => undefined,
  'the answer of an HTTP server': (client) =>
    client.end('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request'),
  'a TLS alert': (client) => client.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])),
  'an SSH banner': says('SSH-2.0-OpenSSH_9.6\r\n'),
  garbage: says(Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7_919 + (index >> 3)) % 256))),
  zeros: says(Buffer.alloc(10_000)),
  'one stray reply': says('$5\r\nstray\r\n'),
  'stray replies without end': endless(Buffer.from('+x\r\n'.repeat(16_000))),
  'pushes without end': endless(Buffer.from('>2\r\n$10\r\ninvalidate\r\n*0\r\n'.repeat(2_000))),
  'a line without end': endless(PIECE, '+'),
  'an error without end': endless(PIECE, '-ERR '),
  'a number without end': endless(Buffer.alloc(64 * 1024, '1'), ':'),
  'a length without end': endless(Buffer.alloc(64 * 1024, '1'), '$'),
  'a text of 512 MB': endless(PIECE, `$${512 * MIB}\r\n`),
  'a text of 512 MB that does not come': says(`$${512 * MIB}\r\n`),
  'texts of 100 MB without end': endless(PIECE, `*1000\r\n$${100 * MIB}\r\n`),
  'a list without end': endless(Buffer.from('$2\r\nab\r\n'.repeat(8_000)), '*4000000000\r\n'),
  'empty lists without end': endless(Buffer.from('*0\r\n'.repeat(16_000)), '*2000000\r\n'),
  'a list of 4 billion announced': says('*4294967295\r\n'),
  'a list of 10^30 announced': says(`*1${'0'.repeat(30)}\r\n`),
  'lists of 33 million announced, 40 times': says('*33554431\r\n'.repeat(40)),
  'maps of 16 million announced, 40 times': says('%16777215\r\n:1\r\n'.repeat(40)),
  'lists 1,000 deep': says('*1\r\n'.repeat(1_000) + ':1\r\n'),
  'lists 3,000 deep': says('*1\r\n'.repeat(3_000) + ':1\r\n'),
  'lists 10,000 deep': says('*1\r\n'.repeat(10_000) + ':1\r\n'),
  'lists 100,000 deep': says('*1\r\n'.repeat(100_000) + ':1\r\n'),
  'lists a million deep': says('*1\r\n'.repeat(1_000_000)),
  'maps 10,000 deep': says('%1\r\n$1\r\na\r\n'.repeat(10_000)),
  'sets 10,000 deep': says('~1\r\n'.repeat(10_000) + ':1\r\n'),
  'pushes 10,000 deep': says('>1\r\n'.repeat(10_000) + ':1\r\n'),
  'a number': says(':1\r\n'),
  'nothing, in the new form': says('_\r\n'),
  true: says('#t\r\n'),
  'an empty list': says('*0\r\n'),
  'an empty map': says('%0\r\n'),
  'a map named __proto__': says('%1\r\n$9\r\n__proto__\r\n%1\r\n$8\r\npolluted\r\n#t\r\n'),
  'a map without its last value': says('%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n'),
  'a push': says('>2\r\n$7\r\nmessage\r\n$1\r\nx\r\n'),
  'an empty push': says('>0\r\n'),
  'a negative length': says('$-17\r\n'),
  'a length that is no number': says('$abc\r\n'),
  'an error without a word': says('-\r\n'),
  'a reply that drips, for ever': drips('$1000000\r\n'),
  'a line that drips, for ever': drips('+'),
};

function says(bytes: string | Buffer): Attack {
  return (client) => client.write(bytes);
}

/** As fast as it is taken. */
function endless(piece: Buffer, before = ''): Attack {
  return (client) => {
    client.write(before);
    const more = (): void => {
      while (!client.destroyed && client.write(piece));
    };
    client.on('drain', more);
    more();
  };
}

function drips(before: string): Attack {
  return (client: Socket) => {
    client.write(before);
    const timer = setInterval(() => client.write('x'), 10);
    client.once('close', () => clearInterval(timer));
  };
}
