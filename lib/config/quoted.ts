/** Said of a value that is not what it was meant to be: a shell and dotenv take the quotes off, others keep them. @internal */
export const QUOTED = 'has quotes around it, as docker --env-file keeps them; leave them out';

/** Whether a value has quotes around it. @internal */
export function isQuoted(text: string): boolean {
  return /^(["']).*\1$/s.test(text);
}
