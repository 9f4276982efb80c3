/** Ends a script with a message for the person who started it, instead of a stack. */
export class Stop extends Error {}

// A terminal that was closed takes no more output; what was started must be ended all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** One line about what is being done. */
export function say(line) {
  process.stdout.write(`> ${line}\n`);
}

/** Runs a script's main function. Its result is the exit status; a {@link Stop} is shown as its message alone. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    const text = error instanceof Stop ? error.message : (error?.stack ?? String(error));
    process.stderr.write(`\n${text}\n`);
    process.exitCode = 1;
  }
}
