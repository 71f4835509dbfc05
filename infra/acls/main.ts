import { readAclCommand } from './command-line.ts';
import { runAcls } from './run-acls.ts';

try {
  const command = readAclCommand(process.argv.slice(2));
  const isAsItShould = await runAcls(command, process.env, (line) => console.log(line));
  process.exitCode = isAsItShould ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
