import { promisify } from 'node:util';
import type { Request } from 'express';

/** A fresh session for who logs in, so that an id planted before the login is worth nothing; stored when this resolves. */
export async function logIn(request: Request, user: string): Promise<void> {
  await promisify(request.session.regenerate.bind(request.session))();
  request.session.user = user;
  await promisify(request.session.save.bind(request.session))();
}

/** Ends the session in every tier. */
export async function logOut(request: Request): Promise<void> {
  await promisify(request.session.destroy.bind(request.session))();
}
