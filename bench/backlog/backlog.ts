import { setTimeout as delay } from 'node:timers/promises';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import type { BenchContext } from '../context.ts';
import { readProcessUse } from '../process-use.ts';
import { produceLeads } from '../produce-leads.ts';

/** A scorer's memory while it reads a backlog that is far larger than any of its buffers. */
export interface BacklogMemory {
  readonly leads: number;
  /** From the process's start to its last commit. */
  readonly seconds: number;
  /** Oldest first. */
  readonly samples: readonly BacklogSample[];
}

export interface BacklogSample {
  readonly seconds: number;
  /** Records that wait, markers included. */
  readonly lag: number;
  readonly rssMb: number;
}

const SAMPLE_EVERY_MS = 2_000;
const DEADLINE_MS = 1_200_000;

/** Produces the leads, starts a scorer on them, and watches its memory until they are read. */
export async function measureBacklog(context: BenchContext, leads: number): Promise<BacklogMemory> {
  await produceLeads(context, leads);
  const [port = 0] = await findFreePorts(1);
  const begun = performance.now();
  const scorer = await startService('scorer', {
    env: { ...context.env, MODEL: context.model, LOG_LEVEL: 'warn' },
    port,
    logFolder: context.logFolder,
  });
  try {
    const samples = await sampleUntilRead(context, scorer.pid, begun);
    return { leads, seconds: (performance.now() - begun) / 1_000, samples };
  } finally {
    await scorer.stop();
  }
}

async function sampleUntilRead(
  { env, prefix }: BenchContext,
  pid: number,
  begun: number,
): Promise<readonly BacklogSample[]> {
  const progress = await openGroupProgress({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  const samples: BacklogSample[] = [];
  try {
    do {
      await delay(SAMPLE_EVERY_MS);
      const lag = await progress.readLag(`${prefix}scorer`, `${prefix}lead-created`);
      const sample = {
        seconds: (performance.now() - begun) / 1_000,
        lag,
        rssMb: (await readProcessUse(pid)).residentMb,
      };
      samples.push(sample);
      if (sample.seconds * 1_000 > DEADLINE_MS) throw new Error(`${lag} leads wait after 20 minutes`);
    } while (samples.at(-1)?.lag !== 0);
    return samples;
  } finally {
    await progress.close();
  }
}

/** Memory of the first and the last third of the samples in which it works, and the most of all. */
export function compareThirds(samples: readonly BacklogSample[]): {
  readonly firstMb: number;
  readonly lastMb: number;
  readonly mostMb: number;
} {
  const rss = samples.map(({ rssMb }) => rssMb);
  const third = Math.max(1, Math.floor(rss.length / 3));
  return {
    firstMb: medianOf(rss.slice(0, third)),
    lastMb: medianOf(rss.slice(-third)),
    mostMb: Math.max(...rss),
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
