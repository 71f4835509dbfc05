import { writeFileSync } from 'node:fs';
import { bytesOf, keep, readKept, readReached, rememberReached } from './corpus.ts';
import { fuzzTarget, type TargetResult } from './engine/supervise.ts';
import { type FuzzOptions, readFuzzOptions } from './options.ts';
import { describeFinding, renderResults, toJson } from './report.ts';
import type { FuzzTargetName } from './target.ts';

/**
 * `npm run fuzz`: makes bad inputs of good ones, by what code they reach, for each place that reads what others wrote.
 * Exit code 0: every promise held.
 */
const INTERRUPTED = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
const log = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const options = readFuzzOptions(process.argv.slice(2));
  const results = await fuzzAll(options);
  renderResults(results).forEach(log);
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, toJson(options, results));
  const found = results.some(({ findings }) => findings.length > 0);
  process.exitCode = abort.signal.aborted ? INTERRUPTED : found ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function fuzzAll({ targets, seconds, seed }: FuzzOptions): Promise<readonly TargetResult[]> {
  const results: TargetResult[] = [];
  log(`seed ${seed}, ${seconds} s a target`);
  for (const target of targets) {
    if (abort.signal.aborted) break;
    log(`fuzzing ${target}`);
    const known = await readKnown(target);
    const result = await fuzzTarget({ target, known, seed, seconds }, abort.signal);
    for (const input of result.reached) await rememberReached(target, input);
    for (const { failure, input } of result.findings) {
      const file = await keep(target, `${failure.kind}: ${failure.message}`, input);
      log(describeFinding(target, failure, file));
    }
    results.push(result);
  }
  return results;
}

async function readKnown(target: FuzzTargetName): Promise<readonly Buffer[]> {
  const kept = [...(await readKept(target)).values()].map(bytesOf);
  return [...kept, ...(await readReached(target))];
}
