import { writeFileSync } from 'node:fs';
import {
  type AgreementResults,
  describeAgreement,
  findDisagreements,
  measureAgreement,
} from './agreement/measure-agreement.ts';
import { type CalmSummary, describeCalm } from './calm/describe-calm.ts';
import { measureCalm } from './calm/measure-calm.ts';
import { describeKnown } from './known/describe-known.ts';
import { type KnownResults, measureKnown } from './known/measure-known.ts';
import { readDetectOptions } from './options.ts';
import { installPeerTools } from './peers/install.ts';
import { shareOut, startThread, type Thread } from './pool.ts';

/**
 * `npm run detect`: whether the alarms can be believed. False alarms where nothing drifts, and how soon known drifts
 * are found, beside Evidently and NannyML on the same windows; and whether the figures are those of SciPy,
 * scikit-learn and ClickHouse (exit code 1 where one isn't). The same options give the same tables to the byte, on any
 * number of threads.
 */
interface Results {
  calm?: readonly CalmSummary[];
  known?: KnownResults;
  agreement?: AgreementResults;
  /** Why the tools to compare with did not run. */
  problem?: string;
}

const options = readDetectOptions(process.argv.slice(2));
const threads = Array.from({ length: options.threads }, startThread);
try {
  const results = await measure(threads);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await shareOut(threads, threads, (_, thread) => thread.stop());
}

async function measure(threads: readonly Thread[]): Promise<Results> {
  const results: Results = {};
  if (options.parts.has('calm')) {
    results.calm = await measureCalm(threads, options);
    console.log(`## False alarms\n\n${describeCalm(results.calm)}\n`);
  }
  if (!options.parts.has('known') && !options.parts.has('agreement')) return results;
  const tools = await installPeerTools();
  const python = 'python' in tools ? tools.python : null;
  if ('problem' in tools) {
    results.problem = tools.problem;
    console.log(`Evidently, NannyML, SciPy and scikit-learn did NOT run: ${tools.problem}\n`);
  }
  if (options.parts.has('known')) {
    results.known = await measureKnown(threads, python, options);
    console.log(`## Known drifts\n\n${describeKnown(results.known)}\n`);
  }
  if (options.parts.has('agreement') && python !== null) {
    results.agreement = await measureAgreement(python);
    console.log(`## Agreement\n\n${describeAgreement(results.agreement)}\n`);
    for (const { statistic, peer } of findDisagreements(results.agreement)) {
      console.error(`${statistic} is not ${peer}'s`);
      process.exitCode = 1;
    }
  }
  return results;
}
