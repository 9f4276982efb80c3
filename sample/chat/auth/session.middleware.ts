import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Store } from 'express-session';

declare module 'express-session' {
  interface SessionData {
    /** Who is logged in. */
    user: string;
  }
}

const MAX_AGE_MS = 30 * 60_000;

/** express-session, on the store it is given. */
export function createSessionMiddleware(store: Store, secret: string | undefined): RequestHandler {
  if (!secret) new Logger('Auth').warn('SESSION_SECRET is not set: logins end with this process');
  return session({
    store,
    name: 'chat.sid',
    secret: secret || randomBytes(32).toString('hex'),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: MAX_AGE_MS },
  });
}
