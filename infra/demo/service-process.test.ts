import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SCORING_PROCESS } from './service-process.ts';

test.each(['scorer', 'shadow'])('npm run %s starts it as it is measured', (name) => {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { readonly scripts: Readonly<Record<string, string>> };
  const { env, nodeArgs } = SCORING_PROCESS;
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  expect(scripts[name]).toBe([...variables, 'node', ...nodeArgs, `services/${name}/main.ts`].join(' '));
});
