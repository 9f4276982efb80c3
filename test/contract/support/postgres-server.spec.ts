import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { PostgresTestServer } from '../../support/postgres-server.js';

describe('PostgresTestServer', () => {
  let server: PostgresTestServer;

  beforeEach(async () => {
    server = await PostgresTestServer.start();
  });
  afterEach(() => server.stop());

  it('keeps its data when it is killed and comes back', async () => {
    await server.query('CREATE TABLE t AS SELECT 1 AS n');
    await server.restart();
    expect(await server.query('SELECT n FROM t')).toEqual([{ n: 1 }]);
  });

  it('answers nothing while it is frozen, and goes on', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await server.freeze();
    let answered = false;
    const question = client.query('SELECT 1').then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    await server.thaw();
    await question;
    await client.end();
  });
});
