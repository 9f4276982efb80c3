import type { RespReply } from '../../support/resp-connection.js';
import type { Standalone } from './standalone.js';

/** The app works in a database other than 0, and the test's own questions are asked there. */
export function inDatabase(world: Standalone, db: number): Standalone {
  const { options } = world;
  return Object.defineProperties(world, {
    options: { value: { ...options, db } },
    ask: { value: (...args: (string | number)[]) => askIn(world, db, args) },
  });
}

async function askIn({ server }: Standalone, db: number, args: (string | number)[]): Promise<RespReply> {
  const probe = await server.connect();
  try {
    await probe.call('SELECT', db);
    return await probe.call(...args);
  } finally {
    probe.close();
  }
}
