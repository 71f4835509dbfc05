import type { Command } from 'commander';
import { showModel } from './model-show.ts';
import { validateModel } from './model-validate.ts';

/** `scoreline model …`: what can be asked of a model package. */
export function addModelCommands(program: Command): void {
  const model = program.command('model').description('Look at and check model packages.');
  model
    .command('validate')
    .description(
      'Make every check that a service makes before it uses a package; exit code 1 where one fails.',
    )
    .argument('<dir>', 'folder of the package: <name>/<version>')
    .option('--json', 'print the result as JSON')
    .action(async (dir: string, { json = false }: { json?: boolean }) => {
      const { ok, lines } = await validateModel(dir, json);
      for (const line of lines) console.log(line);
      process.exitCode = ok ? 0 : 1;
    });
  model
    .command('show')
    .description('Print what a package holds: features, bands, training.')
    .argument('<dir>', 'folder of the package: <name>/<version>')
    .action(async (dir: string) => {
      const { ok, lines } = await showModel(dir);
      for (const line of lines) console.log(line);
      process.exitCode = ok ? 0 : 1;
    });
}
