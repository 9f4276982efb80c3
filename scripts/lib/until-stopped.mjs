import { readFileSync } from 'node:fs';

const PARENT_CHECK_MS = 500;

/**
 * Resolves when this process is asked to end: by Ctrl-C, by a signal, or because npm, which started it, is gone.
 * Once asked, further signals do nothing, so that the clean-up is not cut short.
 */
export function untilStopped() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    if (process.env.npm_lifecycle_event === undefined) return;
    const started = ancestors();
    const check = setInterval(() => {
      if (ancestors() !== started) resolve('npm ended');
    }, PARENT_CHECK_MS);
    check.unref();
  });
}

/** npm runs a script in a shell, which outlives an npm that was killed: so the shell's parent counts too. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`;
  } catch {
    return String(process.ppid); // no /proc here
  }
}
