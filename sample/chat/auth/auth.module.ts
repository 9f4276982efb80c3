import { Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ExpressSessionStore } from 'nestjs-redis-hub/session/express';
import { AuthController } from './auth.controller.js';
import { createSessionMiddleware } from './session.middleware.js';

/** Only these routes ask the session store: health, status and the page answer without it. */
const ROUTES = ['login', 'logout', 'logout/everywhere', 'me', 'chats', 'chats/*path'];

@Module({ controllers: [AuthController] })
export class AuthModule implements NestModule {
  constructor(
    private readonly store: ExpressSessionStore,
    private readonly config: ConfigService,
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(createSessionMiddleware(this.store, this.config.get('SESSION_SECRET'))).forRoutes(...ROUTES);
  }
}
