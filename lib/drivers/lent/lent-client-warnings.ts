import { readProperty } from '../../errors/read-property.js';
import type { RedisDriverName } from '../../interfaces/redis-client.interface.js';
import { identifyClient } from '../identify-client.js';

interface Danger {
  readonly path: string;
  readonly isUnsafe: (value: unknown) => boolean;
  readonly why: string;
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && value !== 0;
const isOn = (value: unknown): boolean => value === true;

const FROM_REPLICAS = 'reads from replicas, which may not have what was just written';
const REPLY_TIMER = 'also ends blocking commands, and duplicates inherit it';

/** What does harm to one client that many share. Reconnecting is its owner's, and not looked at. */
const DANGERS: Readonly<Record<RedisDriverName, readonly Danger[]>> = {
  ioredis: [
    { path: 'keyPrefix', isUnsafe: isSet, why: 'comes on top of ours, and BullMQ refuses such a client' },
    { path: 'commandTimeout', isUnsafe: isSet, why: REPLY_TIMER },
    { path: 'socketTimeout', isUnsafe: isSet, why: REPLY_TIMER },
    {
      path: 'autoResendUnfulfilledCommands',
      isUnsafe: isOn,
      why: 'runs commands again whose callers were told that they failed; set it to false',
    },
    { path: 'scaleReads', isUnsafe: (value) => isSet(value) && value !== 'master', why: FROM_REPLICAS },
    { path: 'retryDelayOnFailover', isUnsafe: isSet, why: 'sends commands again that may have run; set it to 0' },
    { path: 'readOnly', isUnsafe: isOn, why: 'leads to replicas, and the features of this package write' },
    { path: 'stringNumbers', isUnsafe: isOn, why: 'gives numbers as text to whoever shares the client' },
  ],
  'node-redis': [
    { path: 'keyPrefix', isUnsafe: isSet, why: 'comes on top of ours' },
    { path: 'readonly', isUnsafe: isOn, why: 'leads to replicas, and the features of this package write' },
    { path: 'clientSideCache', isUnsafe: isSet, why: 'serves values of any age while the server does not answer' },
    { path: 'socket.socketTimeout', isUnsafe: isSet, why: 'is put off by every write, so it ends no dead connection' },
  ],
};

/** What to warn of in a client that was handed in: options that are unsafe to share. @internal */
export function lentClientWarnings(client: unknown, options = readProperty(client, 'options')): string[] {
  const driver = identifyClient(client);
  if (driver === undefined) return [];
  return DANGERS[driver]
    .filter(({ path, isUnsafe }) => isUnsafe(path.split('.').reduce<unknown>(readProperty, options)))
    .map(({ path, why }) => `The ${driver} client that was handed in has ${path}, which ${why}`);
}
