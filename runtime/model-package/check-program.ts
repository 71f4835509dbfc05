import { writeSync } from 'node:fs';
import { loadPackage } from './load.ts';
import { openModel } from './open.ts';
import { type CheckResult, PackageRefused } from './refused.ts';

/**
 * A process that checks one package, see check-apart.ts: a line of JSON on standard output a check.
 *
 * Usage: node check-program.ts DIR
 */
const [dir = ''] = process.argv.slice(2);
const STDOUT = 1;

// Written at once: what is still in a buffer goes down with the process.
const tell = (result: CheckResult): void => void writeSync(STDOUT, `${JSON.stringify(result)}\n`);

try {
  const model = await openModel(await loadPackage(dir, tell), tell);
  await model.close();
} catch (error) {
  if (!(error instanceof PackageRefused)) throw error;
}
