// The drivers are loaded before the app is ready: reading their files takes seconds on a busy machine.
import { hideFromEvents } from './hear-events.js';
import 'ioredis';
import 'pg';
import 'redis';
import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import type { AppSettings, Order } from '../protocol.js';
import { FaultAppModule } from './app.module.js';
import { complain, report, watchProcess } from './complain.js';
import { describeError } from './describe-error.js';
import { sabotaged } from './sabotage.js';
import { VERBS } from './verbs/index.js';

let app: INestApplication | undefined;
let sabotage: string | undefined;

watchProcess();
process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => complain('unhandledRejection', error));
});
report({ type: 'ready' });

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case 'start':
      return start(order.settings);
    case 'call':
      return call(order);
    case 'close':
      await app?.close();
      return report({ type: 'closed' });
    case 'leave':
      return process.disconnect();
  }
}

async function start(settings: AppSettings): Promise<void> {
  sabotage = settings.sabotage;
  hideFromEvents(settings.hidden);
  try {
    app = await NestFactory.create(FaultAppModule.of(settings), { abortOnError: false });
    app.enableShutdownHooks([], { useProcessExit: true });
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    report({ type: 'booted', port });
  } catch (error) {
    report({ type: 'boot-failed', error: describeError(error) });
  }
}

async function call({ id, consumer, verb, args }: Extract<Order, { type: 'call' }>): Promise<void> {
  try {
    report({ type: 'answer', id, value: await find(consumer, verb)(...(args as never[])) });
  } catch (error) {
    report({ type: 'answer', id, error: describeError(error) });
  }
}

function find(consumer: string, verb: string): (...args: never[]) => Promise<unknown> {
  const provider = VERBS[consumer];
  const found = provider && app?.get(provider, { strict: false }).verbs[verb];
  if (!app || !found) throw new Error(`The app has no verb ${consumer}.${verb}`);
  return sabotaged(sabotage, `${consumer}.${verb}`, found, app);
}
