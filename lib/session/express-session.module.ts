import { Global, Module } from '@nestjs/common';
import { ExpressSessionStore } from './express-session.store.js';

/**
 * Provides {@link ExpressSessionStore}. Import it beside `SessionModule`, which has to be global (as it is by default).
 *
 * @example
 * imports: [SessionModule.forRoot({ fallback: [memoryTier()] }), ExpressSessionModule]
 *
 * @publicApi
 */
@Global()
@Module({ providers: [ExpressSessionStore], exports: [ExpressSessionStore] })
export class ExpressSessionModule {}
