import { writeFileSync } from 'node:fs';
import { readFaultOptions } from './options.ts';
import { renderReport } from './report.ts';
import { proveMutants } from './prove.ts';
import { runFaults } from './run.ts';
import { addRun, summariseRun } from './runs.ts';

const INTERRUPTED = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
const log = (line: string): void => void process.stdout.write(`${line}\n`);
let status = 1;
try {
  const options = readFaultOptions(process.argv.slice(2));
  const isGood = options.prove
    ? await proveMutants(options, log, abort.signal)
    : await runAndReport(options, log, abort.signal);
  status = abort.signal.aborted ? INTERRUPTED : isGood ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
process.exit(status);

async function runAndReport(...[options, tell, signal]: Parameters<typeof runFaults>): Promise<boolean> {
  const report = await runFaults(options, tell, signal);
  renderReport(report).forEach(tell);
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  if (options.runsFile !== undefined) {
    const today = new Date().toISOString().slice(0, 10);
    tell(addRun(options.runsFile, summariseRun(report, today)));
  }
  return report.problems.length === 0;
}
