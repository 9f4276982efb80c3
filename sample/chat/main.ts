import 'reflect-metadata';
import type { LogLevel } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { servePage } from './page/serve-page.js';

const isQuiet = process.env['LOG_LEVEL'] === 'warn';
const logger: LogLevel[] = ['fatal', 'error', 'warn', ...(isQuiet ? [] : (['log'] as const))];
const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger });
servePage(app);
app.enableShutdownHooks([], { useProcessExit: true });

const config = app.get(ConfigService);
const host = config.get<string>('HOST') ?? '127.0.0.1';
await app.listen(Number(config.get<string>('PORT') ?? 0), host);
process.stdout.write(`The chat listens on ${await app.getUrl()}/\n`);
