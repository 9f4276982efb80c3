/** Counts what a process says when something went wrong behind everyone's back, and says it on its standard error. */
export function countComplaints(): () => number {
  let count = 0;
  for (const event of ['unhandledRejection', 'uncaughtException', 'warning'] as const) {
    process.on(event, (error: unknown) => {
      if ((error as { name?: unknown }).name === 'ExperimentalWarning') return;
      count += 1;
      process.stderr.write(`COMPLAINT ${event}: ${String((error as Error).stack ?? error)}\n`);
    });
  }
  return () => count;
}
