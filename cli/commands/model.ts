import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { addDecisionCommands } from './model-decide.ts';
import { addMlflowCommands } from './model-import.ts';
import { listModels, showVersion } from './model-list.ts';
import { showModel } from './model-show.ts';
import { validateModel } from './model-validate.ts';
import { runCommand } from './run-command.ts';

/** `scoreline model …`: what can be asked of a package, and what is decided about versions. */
export function addModelCommands(program: Command): void {
  const model = program
    .command('model')
    .description('Check model packages, and decide which versions score.');
  model
    .command('validate')
    .description(
      'Make every check that a service makes before it uses a package; exit code 1 where one fails.',
    )
    .argument('<dir>', 'folder of the package: <name>/<version>')
    .option('--json', 'print the result as JSON')
    .action((dir: string, { json = false }: { json?: boolean }) =>
      runCommand(() => validateModel(dir, json)),
    );
  model
    .command('show')
    .description('Print what a package holds, or, of a version or an alias, what was decided about it.')
    .argument('<dir or name@version or alias>', 'a folder <name>/<version>, or what the registry knows')
    .option('--json', 'print the version as JSON', false)
    .action((name: string, { json }: { json: boolean }) =>
      runCommand(() => (isFolder(name) ? showModel(name) : showVersion(name, json))),
    );
  model
    .command('list')
    .description('Print the registry: versions with their stages, and aliases.')
    .option('--json', 'print it as JSON', false)
    .action(({ json }: { json: boolean }) => runCommand(() => listModels(json)));
  addDecisionCommands(model);
  addMlflowCommands(model);
}

/** A reference has an @, an alias neither @ nor slash, unless such a folder lies here. */
function isFolder(name: string): boolean {
  return !name.includes('@') && (name.includes('/') || existsSync(name));
}
