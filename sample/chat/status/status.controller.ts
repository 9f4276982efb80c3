import { Controller, Get, Sse } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { Closing } from '../common/closing.service.js';
import { toEventStream } from '../common/to-event-stream.js';
import type { ChatStatus } from './status.interface.js';
import { StatusService } from './status.service.js';

@Controller('status')
export class StatusController {
  constructor(
    private readonly status: StatusService,
    private readonly closing: Closing,
  ) {}

  @Get()
  now(): Promise<ChatStatus> {
    return this.status.now();
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    const events = this.status.changes$.pipe(map((status) => ({ type: 'status', status })));
    return toEventStream(events, this.closing.closing$);
  }
}
