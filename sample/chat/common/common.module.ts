import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Closing } from './closing.service.js';
import { RedisErrorFilter } from './redis-error.filter.js';

@Global()
@Module({ providers: [Closing, { provide: APP_FILTER, useClass: RedisErrorFilter }], exports: [Closing] })
export class CommonModule {}
