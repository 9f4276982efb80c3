import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { RedisError } from '../errors/redis.error.js';
import { namedConnections } from '../telemetry/named-connections.js';
import { OTEL_MEMBER, OTEL_OPTIONS } from './otel.constants.js';
import { OtelMember } from './otel.member.js';
import type { RedisOtelModuleOptions } from './otel-options.interface.js';
import { otelError, validateOtelOptions } from './validate-otel-options.js';

/**
 * Waits for no connection: what is told of them begins before they are made.
 *
 * @internal
 */
export const memberProvider: Provider = {
  provide: OTEL_MEMBER,
  inject: [{ token: OTEL_OPTIONS, optional: true }, ModulesContainer],
  useFactory: (options: RedisOtelModuleOptions | undefined, modules: ModulesContainer): OtelMember => {
    const settings = validateOtelOptions(options ?? {});
    return new OtelMember(namedConnections(modules, settings.connections, notFound), settings);
  },
};

function notFound(what: string): RedisError {
  return otelError(`RedisOtelModule finds no ${what}. Import RedisModule.forRoot() for it.`);
}
