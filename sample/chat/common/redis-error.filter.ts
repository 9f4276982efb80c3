import { Catch, HttpStatus } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { RedisError } from 'nestjs-redis-hub';
import type { RedisErrorKind } from 'nestjs-redis-hub';

/** Faults of a request or of the app: trying again will not help. */
const LASTING: ReadonlySet<RedisErrorKind> = new Set(['configuration', 'serialization', 'wrong-type', 'permission']);

/** What Redis could not do, as an answer: 503 where it is worth trying again. The error's text carries no secret. */
@Catch(RedisError)
export class RedisErrorFilter implements ExceptionFilter<RedisError> {
  catch({ redisErrorKind: kind, message }: RedisError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return; // express-session may fail after the answer
    const retry = !LASTING.has(kind);
    const statusCode = retry ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.INTERNAL_SERVER_ERROR;
    if (retry) response.setHeader('Retry-After', '1');
    response.status(statusCode).json({ statusCode, kind, message, retry });
  }
}
