import { memoryOf, replicationOf, roleOf } from '../../../lib/health/server-info.js';

const info = (...lines: string[]): string => ['# Memory', ...lines, ''].join('\r\n');

describe('INFO', () => {
  it('tells memory, and the share of the limit where there is one', () => {
    const text = info('used_memory:900', 'used_memory_human:900B', 'maxmemory:1000', 'maxmemory_policy:noeviction');
    expect(memoryOf(text)).toEqual({ usedBytes: 900, maxBytes: 1000, ratio: 0.9, refusesWhenFull: true });
    expect(memoryOf(info('used_memory:900', 'maxmemory:0', 'maxmemory_policy:allkeys-lru'))).toEqual({
      usedBytes: 900,
      refusesWhenFull: false,
    });
  });

  it('tells nothing where the text is another', () => {
    expect(memoryOf('')).toBeUndefined();
    expect(memoryOf(info('used_memory:much'))).toBeUndefined();
    expect(roleOf('')).toBeUndefined();
    expect(roleOf('role:sentinel')).toBeUndefined();
  });

  it('tells the role', () => {
    expect(roleOf(info('role:master'))).toBe('master');
    expect(roleOf(info('role:slave'))).toBe('replica');
  });

  it('tells how far behind the replicas are that follow', () => {
    const master = info(
      'role:master',
      'connected_slaves:3',
      'slave0:ip=10.0.0.1,port=6379,state=online,offset=90,lag=0',
      'slave1:ip=10.0.0.2,port=6379,state=online,offset=40,lag=7',
      'slave2:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0',
      'master_repl_offset:100',
    );
    expect(replicationOf([master])).toEqual({ replicas: 3, lagBytes: 60, lagSeconds: 7 });
    const other = info('role:master', 'connected_slaves:1', 'slave0:ip=x,port=1,state=online,offset=9,lag=1');
    expect(replicationOf([other, master])).toEqual({ replicas: 4, lagBytes: 60, lagSeconds: 7 });
    expect(replicationOf([info('role:master', 'connected_slaves:0'), '', 'role:sentinel'])).toBeUndefined();
    const copying = info('role:master', 'connected_slaves:1', 'slave0:ip=x,port=1,state=send_bulk,offset=0,lag=0');
    expect(replicationOf([copying])).toEqual({ replicas: 1 });
  });

  it('tells how long a replica has not heard of its master', () => {
    const replica = (...lines: string[]): string => info('role:slave', 'connected_slaves:0', ...lines);
    const lag = (...lines: string[]): unknown => replicationOf([replica(...lines)]);
    const both = ['master_last_io_seconds_ago:3', 'master_link_down_since_seconds:40'];
    expect(lag('master_link_status:up', ...both)).toEqual({ replicas: 0, lagSeconds: 3 });
    expect(lag('master_link_status:down', ...both)).toEqual({ replicas: 0, lagSeconds: 40 });
    expect(lag('master_link_status:down', 'master_link_down_since_seconds:-1')).toEqual({ replicas: 0 });
  });
});
