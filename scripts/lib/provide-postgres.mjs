import { PrivatePostgres } from './private-postgres.mjs';
import { say, Stop } from './say.mjs';

/**
 * The Postgres for the sample, as environment variables: the one that the environment names, else one of our own, else
 * none. `postgres` is there where it is ours to end.
 *
 * @returns {Promise<{ postgres?: PrivatePostgres, env: Record<string, string> }>}
 */
export async function providePostgres() {
  if (process.env.DATABASE_URL) {
    say('Postgres: the one of DATABASE_URL');
    return { env: {} };
  }
  try {
    const postgres = await PrivatePostgres.start();
    say(`Postgres: started on port ${postgres.port}, process ${postgres.pid}`);
    return { postgres, env: { DATABASE_URL: postgres.url } };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(`No Postgres can be had here, ${error.message}`);
    say('The chats are in the memory of the sample, and while Redis is out logins are too.');
    return { env: {} };
  }
}
