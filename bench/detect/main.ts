import { writeFileSync } from 'node:fs';
import { type CalmSummary, describeCalm, summarizeCalm } from './calm/describe-calm.ts';
import { readDetectOptions } from './options.ts';
import { runTasks } from './pool.ts';

/**
 * `npm run detect`: whether the alarms can be believed. False alarms where nothing drifts; the same seeds give the
 * same tables to the byte, on any number of threads.
 */
/** Leads an hour. */
const SIZES = [20, 50, 200, 1_000, 5_000];
/** The naive rule alarms so often that a few months tell. */
const NAIVE_MONTHS = 20;

const options = readDetectOptions(process.argv.slice(2));
const results = { calm: options.parts.has('calm') ? await measureCalm() : undefined };
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);

async function measureCalm(): Promise<readonly CalmSummary[]> {
  const summaries: CalmSummary[] = [];
  for (const cycles of [true, false]) {
    const tasks = Array.from({ length: options.seeds }, (_, seed) => ({
      seed,
      cycles,
      sizes: SIZES,
      naive: seed < NAIVE_MONTHS,
    }));
    const months = await runTasks('calm', tasks, options.threads);
    summaries.push(...summarizeCalm(cycles, months.flat()));
  }
  console.log(`## False alarms\n\n${describeCalm(summaries)}\n`);
  return summaries;
}
