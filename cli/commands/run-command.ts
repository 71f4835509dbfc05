import { EventLogBehind } from '@scoreline/runtime/kafka/event-log.ts';
import { CommandFailed } from '../registry/with-started.ts';
import type { CommandOutcome } from './model-validate.ts';

/** Prints a command's lines and sets the exit code; what could not be tried at all is told on standard error. */
export async function runCommand(work: () => Promise<CommandOutcome>): Promise<void> {
  try {
    const { ok, lines } = await work();
    for (const line of lines) console.log(line);
    process.exitCode = ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CommandFailed || error instanceof EventLogBehind)) throw error;
    console.error(error.message);
    // What was waited for may still be tried for: nothing is left to wait for it.
    process.exit(1);
  }
}
