import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Whether Prometheus' own tool is on this machine. */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).status === 0;
}

/** What `promtool check metrics` says of a scrape, a line each. */
export async function checkMetrics(scrape: string): Promise<string[]> {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.end(scrape);
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return said.split('\n').filter((line) => line !== '');
}
