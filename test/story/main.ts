import { readStoryConfig } from './config.ts';
import { playStory } from './story.ts';

const INTERRUPTED = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
const log = (line: string): void => void process.stdout.write(`${line}\n`);
let status = 1;
try {
  const isGood = await playStory(readStoryConfig(process.argv.slice(2), process.env), log, abort.signal);
  status = abort.signal.aborted ? INTERRUPTED : isGood ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
// What a step that broke off was waiting for may still be tried for: nothing is left to wait for it.
process.exit(status);
