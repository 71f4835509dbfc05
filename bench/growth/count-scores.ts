import { join } from 'node:path';
import { LIGHT_JVM } from '@scoreline/infra/local/java.ts';
import { runJava } from '../java.ts';

/** A topic of scores as Kafka's own Java client read it, read_committed. */
export interface CountedScores {
  readonly records: number;
  /** Distinct leads among them. */
  readonly leads: number;
  /** Of all values. */
  readonly valueBytes: number;
  /** Kafka's timestamps of the first and the last written, epoch milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

const PROGRAM = join(import.meta.dirname, 'CountScores.java');
const TIMEOUT_MS = 300_000;

/** Counts the scores of leads `lead-0` to `lead-<leads - 1>`; throws with what Java said, or where some are amiss. */
export async function countScores(broker: string, topic: string, leads: number): Promise<CountedScores> {
  const output = await runJava({
    program: PROGRAM,
    args: [broker, topic, String(leads)],
    jvm: ['-Xmx256m', ...LIGHT_JVM],
    timeoutMs: TIMEOUT_MS,
  });
  const counted = JSON.parse(output) as CountedScores;
  if (counted.records !== leads || counted.leads !== leads)
    throw new Error(`${topic} holds ${counted.records} scores of ${counted.leads} leads instead of ${leads}`);
  return counted;
}
