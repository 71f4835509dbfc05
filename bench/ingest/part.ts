import { type Bench, definePart } from '../part.ts';
import { count, type Row } from '../table.ts';
import { type IngestCost, measureIngest } from './measure-ingest.ts';

/** What drift holds itself to, in one process beside the engine. */
const TARGET_ROWS_PER_SECOND = 30_000;
const ROWS = 300_000;
const QUICK_ROWS = 100_000;

export const ingestPart = definePart<IngestCost>({ measure, describe });

async function measure({ stack, options, log, prepareTopics }: Bench): Promise<IngestCost> {
  const { clickhouse: enginePid } = stack.pids;
  if (enginePid === undefined)
    throw new Error('ingest is measured on an engine of the bench: unset CLICKHOUSE_URL');
  const rows = options.backlog ?? (options.quick ? QUICK_ROWS : ROWS);
  log(`${count(rows)} scores into ClickHouse`);
  const { cpuProfile } = options;
  return measureIngest(await prepareTopics('ingest.'), { rows, enginePid, cpuProfile });
}

function describe({ closing, ...cost }: IngestCost): Row[] {
  return [
    [
      `${count(cost.rows)} scores into ClickHouse`,
      `${count(cost.rowsPerSecond)} rows/s`,
      `≥ ${count(TARGET_ROWS_PER_SECOND)}`,
    ],
    ['  inserts', count(cost.inserts), ''],
    ['  CPU of drift', `${cost.driftUs.toFixed(1)} µs a row`, ''],
    ['  CPU of the engine', `${cost.engineUs.toFixed(1)} µs a row`, ''],
    ['  drift, peak', `${count(cost.driftPeakMb)} MB`, ''],
    ['  engine, peak', `${count(cost.enginePeakMb)} MB`, ''],
    [`  ${closing.windows} windows of all of them`, `${closing.seconds.toFixed(1)} s`, ''],
    [
      '  CPU of engine and drift',
      `${closing.engineCpuSeconds.toFixed(1)}, ${closing.driftCpuSeconds.toFixed(1)} s`,
      '',
    ],
  ];
}
