import { readText } from '../../errors/read-property.js';

/**
 * Said of a cluster that lost one of its masters: the cluster's own address is that of its seeds, of which the lost node
 * may be none. Mapped to kind `connection-lost`.
 *
 * @internal
 */
export class LostNodeError extends Error {
  readonly code = 'ECONNABORTED';

  constructor(node: string, reason: unknown) {
    const said = readText(reason, 'message');
    super(`The node ${node} was lost${said === undefined ? '' : `: ${said}`}`, { cause: reason });
    this.name = 'LostNodeError';
  }
}
