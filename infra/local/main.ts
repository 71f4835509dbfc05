import { readCommand, USAGE } from './command-line.ts';
import { runCommand } from './commands.ts';
import { report } from './detached.ts';

try {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
  } else {
    process.exitCode = await runCommand(command, report);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
