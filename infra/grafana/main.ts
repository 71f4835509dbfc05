import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDashboardJson } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';

/** `npm run generate` writes the dashboards' JSON; with --check it says which are not what it would write. */
const FOLDER = join(import.meta.dirname, 'dashboards');
const isCheck = process.argv.includes('--check');

for (const dashboard of DASHBOARDS) {
  const file = join(FOLDER, `${dashboard.name}.json`);
  const text = `${JSON.stringify(toDashboardJson(dashboard), null, 2)}\n`;
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stdout.write(`${file} is not current: npm run generate\n`);
    process.exitCode = 1;
  }
}
