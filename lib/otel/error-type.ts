import { classifyError } from '../errors/classify-error.js';
import { readText } from '../errors/read-property.js';
import { BoundedLabel } from '../telemetry/bounded-label.js';

/** What the semantic conventions call an error that has no name of its own. */
const NAMELESS = '_OTHER';

const names = new BoundedLabel(32);

/** The kind of an error of Redis; of another, such as a loader's, its class. Never its message. @internal */
export function errorTypeOf(error: unknown): string {
  const kind = classifyError(error)?.kind;
  if (kind !== undefined) return kind;
  const name = error instanceof Error ? names.of(readText(error, 'name') ?? '') : 'other';
  return name === 'other' || name === 'Error' ? NAMELESS : name;
}
