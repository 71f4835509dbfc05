import { type Scope, SCOPES } from '@scoreline/runtime/http/access/scopes.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { listKeys, makeKey } from '../keys/key-command.ts';
import { runCommand } from './run-command.ts';

const MOST_DAYS = 3_650;

interface NewKeyFlags {
  readonly scope: Scope[];
  readonly days?: number;
  readonly file?: string;
}

/** `scoreline keys new` and `list`: who may ask the services for what by HTTP. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description("Keys to the services' HTTP.");
  keys
    .command('new')
    .description('Make a key and print it, this once; the file gets its hash.')
    .argument('<name>', 'who holds it: decisions are recorded under this name')
    .addOption(
      new Option('--scope <scope...>', 'what it opens; may be given again')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option('--days <days>', 'until when it holds; without it there is no end', readDays)
    .option('--file <path>', 'the key file to add it to; without it its line is printed')
    .action((name: string, { scope, days, file }: NewKeyFlags) =>
      runCommand(async () => {
        const wanted = { name, scopes: [...new Set(scope)], days, file };
        return { ok: true, lines: await makeKey(wanted, Date.now()) };
      }),
    );
  keys
    .command('list')
    .description('Print whose keys are in a file, for what and until when.')
    .requiredOption('--file <path>', 'the key file')
    .action(({ file }: { readonly file: string }) =>
      runCommand(() => Promise.resolve({ ok: true, lines: listKeys(file, Date.now()) })),
    );
}

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`a whole number of days, 1 to ${MOST_DAYS}`);
}
