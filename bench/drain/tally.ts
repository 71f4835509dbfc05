import { join } from 'node:path';
import { LIGHT_JVM } from '@scoreline/infra/local/java.ts';
import { runJava } from '../java.ts';

/** What a read_committed Java client found on a topic. */
export interface Tally {
  readonly records: number;
  /** Of all values. */
  readonly valueBytes: number;
  /** Kafka's timestamps of the first and the last, epoch milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

const PROGRAM = join(import.meta.dirname, 'Tally.java');
const TIMEOUT_MS = 360_000;

/** Counts a topic, then forgets its records and a group's offsets, so that the same backlog can be drained anew. */
export async function tallyAndForget(brokers: string, topic: string, groupId?: string): Promise<Tally> {
  const output = await runJava({
    program: PROGRAM,
    args: [brokers, topic, ...(groupId === undefined ? [] : [groupId])],
    jvm: ['-Xmx256m', ...LIGHT_JVM],
    timeoutMs: TIMEOUT_MS,
  });
  return JSON.parse(output) as Tally;
}
