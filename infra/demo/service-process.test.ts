import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SCORING_NODE_ARGS } from './service-process.ts';

test.each(['scorer', 'shadow'])('npm run %s starts it with the flags that it is measured with', (name) => {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { readonly scripts: Readonly<Record<string, string>> };
  expect(scripts[name]).toBe(`node ${SCORING_NODE_ARGS.join(' ')} services/${name}/main.ts`);
});
