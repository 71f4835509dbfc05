import { type Bench, definePart } from '../part.ts';
import { count, milliseconds, type Row } from '../table.ts';
import { measureRecompute, type Recomputed } from './measure.ts';

/** A month of windows of so many scores is computed anew in minutes, with memory that doesn't grow with the backlog. */
const TARGET = { rows: 10_000_000, seconds: 300, engineMb: 2_048, driftMb: 512 };

export const windowsPart = definePart<readonly Recomputed[]>({
  measure: measureWindows,
  describe: (measured) => measured.flatMap(describeRecomputed),
});

async function measureWindows({ stack, options, log }: Bench): Promise<readonly Recomputed[]> {
  const restart = async (): Promise<number> => {
    await stack.stopPart('clickhouse');
    await stack.startPart('clickhouse');
    const { clickhouse: pid } = stack.pids;
    if (pid === undefined)
      throw new Error('windows are measured on an engine of the bench: unset CLICKHOUSE_URL');
    return pid;
  };
  const measured: Recomputed[] = [];
  for (const rows of options.windowRows) {
    log(`a month of windows, ${count(rows)} scores`);
    measured.push(await measureRecompute({ url: stack.env.CLICKHOUSE_URL, restart }, rows));
  }
  return measured;
}

function describeRecomputed({ rows, windows, seconds, longestTurnMs, engine, drift }: Recomputed): Row[] {
  return [
    [
      `${count(windows)} windows, ${count(rows)} scores`,
      `${seconds.toFixed(1)} s`,
      rows === TARGET.rows ? `< ${TARGET.seconds} s` : '',
    ],
    ['  CPU of engine and drift', `${engine.cpuSeconds.toFixed(0)}, ${drift.cpuSeconds.toFixed(0)} s`, ''],
    ['  longest turn', milliseconds(longestTurnMs), ''],
    [
      '  engine, before and peak',
      `${engine.beforeMb.toFixed(0)}, ${engine.peakMb.toFixed(0)} MB`,
      `< ${count(TARGET.engineMb)} MB`,
    ],
    ['  drift, peak', `${drift.peakMb.toFixed(0)} MB`, `< ${TARGET.driftMb} MB`],
  ];
}
