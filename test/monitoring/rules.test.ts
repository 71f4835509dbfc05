import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from './programs.ts';

const PROMETHEUS = join(import.meta.dirname, '../../infra/prometheus');
const filesIn = (folder: string): string[] => globSync(join(PROMETHEUS, folder, '*.yml')).toSorted();

test('promtool takes the configuration and the rules', async () => {
  const config = await runProgram('promtool', ['check', 'config', join(PROMETHEUS, 'prometheus.yml')]);
  expect(config.output).toContain('2 rule files found');
  expect(config).toMatchObject({ status: 0 });
  expect(await runProgram('promtool', ['check', 'rules', ...filesIn('rules')])).toMatchObject({ status: 0 });
});

test('each alert fires when it should and not else', async () => {
  const run = await runProgram('promtool', ['test', 'rules', ...filesIn('tests')]);
  expect(run.output).not.toContain('FAILED');
  expect(run).toMatchObject({ status: 0 });
});
