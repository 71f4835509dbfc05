import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillPage, type GrowthFile, renderBlocks, renderPlots } from './page.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const read = (path: string): string => readFileSync(join(DOCS, path), 'utf8');

test('the page on performance and its plots are of the run that is kept beside them', () => {
  const run = JSON.parse(read('performance/growth.json')) as GrowthFile;
  const page = read('performance.md');
  expect(fillPage(page, renderBlocks(run))).toBe(page);
  for (const [name, svg] of renderPlots(run)) expect(read(`performance/${name}`)).toBe(svg);
  const shown = [...page.matchAll(/\]\((performance\/[^)]+)\)/g)].map(([, path = '']) => path);
  expect(shown.filter((path) => !existsSync(join(DOCS, path)))).toEqual([]);
});

test('a block without a place is refused, and so is a place without a block', () => {
  const page = '<!-- growth:run -->\nold\n<!-- /growth:run -->\n';
  expect(fillPage(page, new Map([['run', 'new']]))).toBe(
    '<!-- growth:run -->\n\nnew\n\n<!-- /growth:run -->\n',
  );
  expect(() => fillPage(page, new Map())).toThrow('run');
  expect(() => fillPage('', new Map([['run', 'new']]))).toThrow('run');
});
