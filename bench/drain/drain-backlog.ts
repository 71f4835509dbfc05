import type { BenchContext } from '../context.ts';
import { readProcessUse } from '../process-use.ts';
import { type Drainer, startDrainer } from './drainer.ts';
import { tallyAndForget } from './tally.ts';

/** How fast a backlog was drained. */
export interface Drained {
  readonly records: number;
  /** Mean size of an output record's value, bytes. */
  readonly valueBytes: number;
  /** From the first to the last output record's Kafka timestamp. */
  readonly perSecond: number;
  /** From the process's start to the last commit. */
  readonly secondsWithStart: number;
  /** Seconds of CPU for 100,000 leads, start-up apart: from the process's joining its group to the last commit. */
  readonly cpuSeconds: number;
  /** The broker's, in the same time; absent where the broker isn't the bench's own. */
  readonly brokerCpuSeconds?: number;
}

/** Leads that CPU is told for. */
export const COST_PER = 100_000;

/** What is drained, and how many leads it holds. */
export interface Backlog {
  readonly context: BenchContext;
  readonly leads: number;
  /** Absent where the broker isn't the bench's own. */
  readonly brokerPid: number | undefined;
}

/**
 * Lets a process drain lead-created, counts what it wrote, and puts all back as it was before. Throws where that isn't
 * a record for each lead.
 */
export async function drainBacklog(
  { context, leads, brokerPid }: Backlog,
  drainer: Drainer,
): Promise<Drained> {
  const begun = performance.now();
  const running = await startDrainer(context, drainer);
  try {
    await running.untilJoined();
    const before = await readCosts(running.pid, brokerPid);
    await running.untilDrained();
    const after = await readCosts(running.pid, brokerPid);
    const secondsWithStart = (performance.now() - begun) / 1_000;
    await running.stop();
    const { KAFKA_BROKERS } = context.env;
    const { records, ...tally } = await tallyAndForget(KAFKA_BROKERS, drainer.output, drainer.groupId);
    if (records !== leads) throw new Error(`${drainer.groupId} made ${records} records of ${leads} leads`);
    return {
      records,
      valueBytes: tally.valueBytes / records,
      perSecond: (records / Math.max(1, tally.lastMs - tally.firstMs)) * 1_000,
      secondsWithStart,
      cpuSeconds: ((after.own - before.own) / records) * COST_PER,
      ...(after.broker === undefined || before.broker === undefined
        ? {}
        : { brokerCpuSeconds: ((after.broker - before.broker) / records) * COST_PER }),
    };
  } finally {
    await running.stop();
  }
}

/** Seconds of CPU until now. */
async function readCosts(
  pid: number,
  brokerPid: number | undefined,
): Promise<{ readonly own: number; readonly broker: number | undefined }> {
  const { cpuSeconds: own } = await readProcessUse(pid);
  return { own, broker: brokerPid === undefined ? brokerPid : (await readProcessUse(brokerPid)).cpuSeconds };
}
