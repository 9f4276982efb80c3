import type { CommandSender } from '../../commands/command-sender.interface.js';

/**
 * Asks a node whether it serves. One that lost sight of the others, or just came back, tells of the slots and refuses
 * every command for them.
 *
 * @throws what it would answer a command with
 * @internal
 */
export async function assertServing(send: CommandSender): Promise<void> {
  // Who may not ask for the state goes on without it.
  const info = await send(['CLUSTER', 'INFO']).catch(() => '');
  if (String(info).includes('cluster_state:fail')) throw new Error('CLUSTERDOWN The cluster is down');
}
