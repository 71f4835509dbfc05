import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Where the stack keeps its things. `dist` (what was downloaded) is shared by all homes of a checkout. */
export interface StackHome {
  readonly root: string;
  readonly data: string;
  readonly logs: string;
  readonly dist: string;
  readonly stateFile: string;
}

/**
 * Paths of a stack: `home` or `SCORELINE_HOME` or `<repository>/.scoreline`, and `SCORELINE_DIST` or
 * `<repository>/.scoreline/dist`. Creates nothing.
 */
export function locateHome(home: string | undefined, env: NodeJS.ProcessEnv): StackHome {
  const standard = join(repository, '.scoreline');
  const root = resolve(home ?? (env['SCORELINE_HOME'] || standard));
  return {
    root,
    data: join(root, 'data'),
    logs: join(root, 'logs'),
    dist: resolve(env['SCORELINE_DIST'] || join(standard, 'dist')),
    stateFile: join(root, 'stack.json'),
  };
}
