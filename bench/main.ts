import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { readBaseline, reportAgainst, storeBaseline } from './baseline/baseline.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, PART_NAMES, readBenchOptions, USAGE } from './options.ts';
import type { Bench, MeasuredPart } from './part.ts';
import { PARTS } from './parts.ts';
import { describeResults, ratiosOf, toJson } from './report.ts';

/** `npm run bench`: measures the parts that were asked for (options.ts), one after another, on a stack of its own. */

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const options = readOptionsOrExit();
// Before anything of ours runs: what is at work then is somebody else's.
const machine = await describeMachine();
// Now: a run of minutes is not to end with there being nothing to compare it with.
const baseline = options.baseline === 'compare' ? readBaseline() : undefined;
const home = mkdtempSync(join(tmpdir(), 'scoreline-bench-'));
const stack = await startStack({ home, ports: 'free', keepData: false, brokerJvm: 'full', log: console.log });
process.once('SIGINT', () => void stack.stop().then(() => process.exit(130)));
const logFolder = join(home, 'logs');
const bench: Bench = {
  stack,
  options,
  logFolder,
  async prepareTopics(prefix) {
    const env = { ...stack.env, TOPIC_PREFIX: prefix };
    await setUp({ env, log: () => {} });
    return { env, prefix, model: 'bank-leads@1.0.0', logFolder };
  },
  log: (line) => console.log(`bench … ${line}`),
};
try {
  const parts: Record<string, MeasuredPart> = {};
  for (const name of PART_NAMES.filter((name) => options.parts.has(name)))
    parts[name] = await PARTS[name](bench);
  const results = { machine, parts };
  console.log(`\n${describeResults(results)}`);
  if (options.json !== undefined) writeFileSync(options.json, toJson(results));
  const ratios = ratiosOf(results);
  if (options.baseline === 'store') storeBaseline(machine, options, ratios);
  if (baseline !== undefined) {
    const { text, fallen } = reportAgainst(baseline, options, ratios);
    console.log(`\n${text}`);
    if (fallen.length > 0) {
      console.error(`\nfell by more than its noise: ${fallen.join('; ')}`);
      process.exitCode = 1;
    }
  }
} finally {
  await stack.stop();
}

/** What is wrong with the flags is for whoever typed them: a stack trace says nothing more. */
function readOptionsOrExit(): BenchOptions {
  try {
    return readBenchOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(2);
  }
}
