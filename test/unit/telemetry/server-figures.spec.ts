import { figuresOf } from '../../../lib/telemetry/server-figures.js';

const NOTHING = { memory: [], stats: [], clients: [], replication: [] };
const info = (fields: Record<string, string | number>): string =>
  ['# Section', ...Object.entries(fields).map(([name, value]) => `${name}:${value}`), ''].join('\r\n');

describe('the figures of a scrape', () => {
  it('are none where nothing is told', () => {
    expect(figuresOf(NOTHING)).toEqual({});
    expect(figuresOf({ memory: [''], stats: ['# Stats'], clients: ['x'], replication: ['role:'] })).toEqual({});
    expect(figuresOf({ ...NOTHING, memory: [info({ used_memory: 'much' })] })).toEqual({});
  });

  it('are those of a server', () => {
    const figures = figuresOf({
      memory: [info({ used_memory_rss: 9, used_memory: 250, maxmemory: 1_000, maxmemory_human: '1K' })],
      stats: [info({ evicted_keys: 7 })],
      clients: [info({ connected_clients: 3 })],
      replication: [info({ role: 'master', connected_slaves: 0, master_repl_offset: 10 })],
    });
    expect(figures).toEqual({
      usedBytes: 250,
      maxBytes: 1_000,
      memoryRatio: 0.25,
      evictedKeys: 7,
      clients: 3,
      roles: { master: 1, replica: 0 },
      replicas: 0,
    });
  });

  it('have no limit where the server has none', () => {
    expect(figuresOf({ ...NOTHING, memory: [info({ used_memory: 5, maxmemory: 0 })] })).toEqual({ usedBytes: 5 });
  });

  it('are those of all masters together, the ratio that of the fullest', () => {
    const memory = [info({ used_memory: 100, maxmemory: 1_000 }), info({ used_memory: 900, maxmemory: 1_000 })];
    const replication = [info({ role: 'master' }), info({ role: 'master' })];
    expect(figuresOf({ ...NOTHING, memory, replication })).toEqual({
      usedBytes: 1_000,
      maxBytes: 2_000,
      memoryRatio: 0.9,
      roles: { master: 2, replica: 0 },
    });
    const mixed = [info({ used_memory: 1, maxmemory: 0 }), info({ used_memory: 1, maxmemory: 4 })];
    expect(figuresOf({ ...NOTHING, memory: mixed })).toEqual({ usedBytes: 2, memoryRatio: 0.25 });
  });

  it('have the lag of the replica that is furthest behind', () => {
    const master = info({
      role: 'master',
      connected_slaves: 3,
      slave0: 'ip=10.0.0.1,port=6379,state=online,offset=90,lag=0',
      slave1: 'ip=10.0.0.2,port=6379,state=online,offset=40,lag=1',
      slave2: 'ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0',
      master_repl_offset: 100,
    });
    expect(figuresOf({ ...NOTHING, replication: [master] })).toMatchObject({ replicas: 3, lagBytes: 60 });
    const replica = info({ role: 'slave', connected_slaves: 0, master_repl_offset: 100 });
    expect(figuresOf({ ...NOTHING, replication: [replica] })).toEqual({
      roles: { master: 0, replica: 1 },
      replicas: 0,
    });
  });
});
