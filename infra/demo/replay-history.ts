import { join } from 'node:path';
import { createProgressDisplay } from '@scoreline/cli/replay/progress.ts';
import type { ReplaySummary } from '@scoreline/cli/replay/replay.ts';
import { runReplay } from '@scoreline/cli/replay/run-replay.ts';
import type { DemoConfig } from './config.ts';
import type { SetupConfig } from '../setup/config.ts';

const BANK = join(import.meta.dirname, '../../data/bank');

/** Replays the bank's contacts, as `scoreline replay` does it. Throws where a row had to be refused. */
export async function replayHistory(
  { rate, limit }: DemoConfig,
  config: SetupConfig,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<ReplaySummary> {
  log(`replaying the bank's contacts of 2008 to 2010 at ${rate === 0 ? 'full speed' : `${rate} events/s`} …`);
  const display = createProgressDisplay(process.stdout);
  const summary = await runReplay(config, {
    file: join(BANK, 'bank-additional-full.csv.gz'),
    mapFile: join(BANK, 'replay.json'),
    withOutcomes: true,
    strict: true,
    rate,
    limit,
    signal,
    onRefused: ({ row, problems }) => log(`row ${row} refused: ${problems.join('; ')}`),
    onProgress: (progress) => display.update(progress),
    onWarning: log,
  });
  display.end();
  if (summary.ended === 'refused') throw new Error('a row of the demo data was refused');
  return summary;
}
