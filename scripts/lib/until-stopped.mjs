const PARENT_CHECK_MS = 500;

/**
 * Resolves when this process is asked to end: by Ctrl-C, by a signal, or because npm, which started it, is gone.
 * Once asked, further signals do nothing, so that the clean-up is not cut short.
 */
export function untilStopped() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid !== parent) resolve('npm ended');
    }, PARENT_CHECK_MS);
    check.unref();
  });
}
