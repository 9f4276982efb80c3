import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { ErrorRequestHandler, Express } from 'express';
import session from 'express-session';
import type { CookieOptions, Store } from 'express-session';
import { deferred } from '../../support/eventually.js';
import type { Deferred } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { HttpClient } from './http-client.js';

declare module 'express-session' {
  interface SessionData {
    user?: string;
    visits?: number;
  }
}

/** A small web application with a login, served over HTTP. */
export class ExpressApp implements TestResource {
  /** Ends the requests to `/slow`. */
  slow: Deferred = deferred();
  /** Settles when a request to `/slow` holds its session. */
  slowBegan: Deferred = deferred();

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(store: Store, cookie: CookieOptions = {}): Promise<ExpressApp> {
    const web = express();
    web.use(session({ store, secret: 'test', resave: false, saveUninitialized: false, cookie }));
    const server = createServer(web);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const app = track(new ExpressApp(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    app.route(web);
    return app;
  }

  client(): HttpClient {
    return new HttpClient(this.origin);
  }

  async stop(): Promise<void> {
    untrack(this);
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private route(web: Express): void {
    web.get('/login', (req, res) => {
      req.session.user = 'ada';
      req.session.visits = 0;
      res.json({ user: 'ada' });
    });
    web.get('/visit', (req, res) => {
      if (req.session?.user === undefined) {
        res.status(401).json({ session: req.session !== undefined });
        return;
      }
      req.session.visits = (req.session.visits ?? 0) + 1;
      res.json({ user: req.session.user, visits: req.session.visits });
    });
    web.get('/look', (req, res) => void res.json({ user: req.session?.user, visits: req.session?.visits }));
    web.get('/logout', (req, res, next) => {
      req.session.destroy((error: unknown) => (error ? next(error) : res.json({})));
    });
    web.get('/slow', async (req, res) => {
      this.slowBegan.resolve();
      await this.slow.promise;
      req.session.visits = 999;
      res.json({});
    });
    const onError: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(503).json({ kind: (error as { redisErrorKind?: string }).redisErrorKind });
    };
    web.use(onError);
  }
}
