import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillPage, type GrowthFile, renderBlocks, renderPlots } from './render/page.ts';

/**
 * `npm run bench:plot -- FILE`: a run of `npm run bench -- growth --json FILE` becomes the tables and plots of
 * docs/performance.md; the run itself is kept beside them.
 */
const DOCS = join(import.meta.dirname, '../../docs');
const PAGE = join(DOCS, 'performance.md');
const FOLDER = join(DOCS, 'performance');

const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error('usage: npm run bench:plot -- FILE (of npm run bench -- growth --json FILE)');
const { machine, growth } = JSON.parse(readFileSync(file, 'utf8')) as Partial<GrowthFile>;
if (machine === undefined || growth === undefined) throw new Error(`${file} has no growth: was it measured?`);
const run: GrowthFile = { machine, growth };
const page = fillPage(readFileSync(PAGE, 'utf8'), renderBlocks(run));
mkdirSync(FOLDER, { recursive: true });
for (const [name, svg] of renderPlots(run)) writeFileSync(join(FOLDER, name), svg);
writeFileSync(join(FOLDER, 'growth.json'), `${JSON.stringify(run, null, 2)}\n`);
writeFileSync(PAGE, page);
console.log(`${PAGE} and its plots are of the run of ${growth.at}`);
