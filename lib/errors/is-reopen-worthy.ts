import { classifyError } from './classify-error.js';

/**
 * Whether the server said that it is not, or no longer, the one to write to (READONLY, MASTERDOWN, NOREPLICAS,
 * UNBLOCKED), or that its cluster does not serve every slot (CLUSTERDOWN). After a fail-over the same address may lead to
 * the new master, but an open socket stays on the old one for ever: so the error is reported, and the connection reopened.
 *
 * @internal
 */
export function isReopenWorthy(error: unknown): boolean {
  const found = classifyError(error);
  return found?.kind === 'read-only' || (found?.kind === 'cluster' && found.text.startsWith('CLUSTERDOWN'));
}
