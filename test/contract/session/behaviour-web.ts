import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import session from 'express-session';
import type { SessionOptions } from 'express-session';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { Visitor } from './visitor.js';

declare module 'express-session' {
  interface SessionData {
    n?: number;
    text?: string;
    user?: string;
  }
}

/** What a test does with each request; what it gives is the answer, as JSON. */
export type Act = (request: Request) => unknown;

/** What the error handler of the application was given. */
export interface SeenError {
  readonly redisErrorKind?: string;
  readonly code?: string;
  readonly message?: string;
}

const DEFAULTS = { secret: 'test', resave: false, saveUninitialized: false };

/** A web application of one handler behind the real middleware, served over HTTP. */
export class BehaviourWeb implements TestResource {
  /** What reached `next(err)`, in order. */
  readonly errors: SeenError[] = [];

  private constructor(
    private readonly server: Server,
    private readonly web: Express,
  ) {}

  static async start(options: Partial<SessionOptions>, act: Act, ...before: RequestHandler[]): Promise<BehaviourWeb> {
    return BehaviourWeb.serve(act, ...before, session({ ...DEFAULTS, ...options }));
  }

  /** With these handlers before the one of the test. */
  static async serve(act: Act, ...handlers: RequestHandler[]): Promise<BehaviourWeb> {
    const web = express();
    web.set('env', 'test');
    for (const handler of handlers) web.use(handler);
    const server = createServer(web);
    const behaviour = track(new BehaviourWeb(server, web));
    web.use(async (request, response) => void response.json({ value: (await act(request)) ?? null }));
    web.use(behaviour.onError);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return behaviour;
  }

  /** As Express' own setting of that name. */
  trustProxy(): void {
    this.web.set('trust proxy', true);
  }

  visitor(): Visitor {
    return new Visitor(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    untrack(this);
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private readonly onError: ErrorRequestHandler = (error: SeenError, _request, response, _next) => {
    this.errors.push(error);
    // what the middleware meets at the end of a request comes after the answer
    if (!response.headersSent) response.status(503).json({ kind: error.redisErrorKind, message: error.message });
  };
}

/** One act a path. */
export function routes(acts: Readonly<Record<string, Act>>): Act {
  return (request) => acts[request.path]?.(request);
}

/** Changes the session; gives how often it has. */
export const count: Act = ({ session }) => (session.n = (session.n ?? 0) + 1);

/** Changes nothing; gives how often the session was changed. */
export const look: Act = ({ session }) => session.n;

/** What a method of the session or the store gives to its callback. */
export function called<T = void>(method: (callback: (error: unknown, result?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    method((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}
