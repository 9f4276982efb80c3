import { Injectable, ServiceUnavailableException, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Lets through what has a session, new or old. express-session leaves it out while no tier can answer. */
@Injectable()
export class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { session } = context.switchToHttp().getRequest<Partial<Request>>();
    if (session !== undefined) return true;
    const message = 'Sessions cannot be read or written now. You are not logged out: try again.';
    throw new ServiceUnavailableException({ statusCode: 503, kind: 'unavailable', message, retry: true });
  }
}

/** Lets through who is logged in. */
@Injectable()
export class LoginGuard extends SessionGuard {
  override canActivate(context: ExecutionContext): boolean {
    super.canActivate(context);
    if (context.switchToHttp().getRequest<Request>().session.user !== undefined) return true;
    throw new UnauthorizedException('Log in first: POST /login with {"user": "your name"}');
  }
}
