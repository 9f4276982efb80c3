import { Global, Module } from '@nestjs/common';
import { FastifySessionStore } from './fastify-session.store.js';

/**
 * Provides {@link FastifySessionStore}. Import it beside `SessionModule`, which has to be global (as it is by default).
 *
 * @example
 * imports: [SessionModule.forRoot({ fallback: [memoryTier()] }), FastifySessionModule]
 *
 * @publicApi
 */
@Global()
@Module({ providers: [FastifySessionStore], exports: [FastifySessionStore] })
export class FastifySessionModule {}
