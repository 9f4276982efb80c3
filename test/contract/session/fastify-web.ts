import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import type { FastifySessionOptions } from '@fastify/session';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { Visitor } from './visitor.js';

declare module 'fastify' {
  interface Session {
    n?: number;
    user?: string;
    text?: string;
  }
}

export const SECRET = 'a secret of at least thirty-two characters';

/** What a test does with each request; what it gives is the answer, as JSON. */
export type FastifyAct = (request: FastifyRequest) => unknown;

export interface SeenFastifyError {
  readonly redisErrorKind?: string;
  readonly code?: string;
}

/** A web application behind the real plugin, served over HTTP. */
export class FastifyWeb implements TestResource {
  private constructor(
    private readonly web: FastifyInstance,
    private readonly origin: string,
    /** What reached the error handler, in order. */
    readonly errors: readonly SeenFastifyError[],
  ) {}

  /** With one act a path; over an open connection, so that the cookie is not for TLS alone. */
  static async start(options: Partial<FastifySessionOptions>, acts: Readonly<Record<string, FastifyAct>>) {
    const web = fastify();
    const errors: SeenFastifyError[] = [];
    await web.register(fastifyCookie);
    const cookie = { secure: false, ...options.cookie };
    await web.register(fastifySession, { secret: SECRET, saveUninitialized: false, ...options, cookie });
    web.setErrorHandler((error: FastifyError & SeenFastifyError, _request, reply) => {
      errors.push(error);
      return reply.status(503).send({ kind: error.redisErrorKind, message: error.message });
    });
    for (const [path, act] of Object.entries(acts)) {
      web.get(path, async (request) => ({ value: (await act(request)) ?? null }));
    }
    const origin = await web.listen({ port: 0, host: '127.0.0.1' });
    return track(new FastifyWeb(web, origin, errors));
  }

  visitor(): Visitor {
    return new Visitor(this.origin);
  }

  async stop(): Promise<void> {
    untrack(this);
    this.web.server.closeAllConnections();
    await this.web.close();
  }
}
