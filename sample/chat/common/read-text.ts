import { BadRequestException } from '@nestjs/common';

export interface TextRule {
  readonly max: number;
  /** Whether it is one line, without control characters. @default false */
  readonly line?: boolean;
}

/** One text of a request, or a 400 that says what was expected of it. */
export function readText(value: unknown, name: string, { max, line = false }: TextRule): string {
  const given = typeof value === 'string' ? value : '';
  const text = line ? given.trim() : given;
  const refused = line ? /[\p{Cc}\p{Cs}]/u : /\p{Cs}/u; // Cs: half a character
  if (text.trim() === '' || text.length > max || refused.test(text)) {
    const kind = line ? 'one line of text' : 'text';
    throw new BadRequestException(`${name} must be ${kind} of 1 to ${max} characters`);
  }
  return text;
}

/** A JSON object of a request's body, or a 400. */
export function readObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new BadRequestException('The body must be a JSON object, sent as application/json');
}
