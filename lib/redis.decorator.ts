import { Inject } from '@nestjs/common';
import { getRedisToken } from './redis.constants.js';

/**
 * Injects the driver's own client of the default connection, or of a named one. Type the parameter as your driver
 * does, or as `RedisClient` where either may be installed.
 *
 * @example
 * constructor(\@InjectRedis() private readonly client: Redis, \@InjectRedis('reports') readonly reports: Redis) {}
 *
 * @publicApi
 */
export const InjectRedis = (name?: string): PropertyDecorator & ParameterDecorator => Inject(getRedisToken(name));
