import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { Subject } from 'rxjs';

const DRAIN_MS = 1_000;
const SWEEP_MS = 50;

/** Ends the event streams when the app closes: the server would wait for them for ever. */
@Injectable()
export class Closing implements BeforeApplicationShutdown {
  private readonly subject = new Subject<void>();

  /** For `takeUntil`. */
  readonly closing$ = this.subject.asObservable();

  constructor(private readonly http: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    this.subject.next();
    const server = this.http.httpAdapter.getHttpServer() as Server;
    // a connection that carried a stream is kept alive when that ends
    setInterval(() => server.closeIdleConnections(), SWEEP_MS).unref();
    // a client that neither sends the rest of its request nor goes away
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  }
}
