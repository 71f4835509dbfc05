import { readDemoConfig } from './config.ts';
import { runDemo } from './demo.ts';

const INTERRUPTED = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
const log = (line: string): void => console.log(line);
try {
  const config = readDemoConfig(process.argv.slice(2), process.env);
  const isGood = await runDemo(config, log, abort.signal);
  const wasCut = config.once && abort.signal.aborted;
  process.exitCode = wasCut ? INTERRUPTED : isGood || !config.once ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
