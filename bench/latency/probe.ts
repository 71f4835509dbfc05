import { join } from 'node:path';
import type { PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import { LIGHT_JVM } from '@scoreline/infra/local/java.ts';
import { runJava } from '../java.ts';

/** Times from the moment at which a lead was due to be sent to its score's arrival, by Probe.java. */
export interface Latency {
  readonly events: number;
  /** Fewer than `events`: scores that never came. */
  readonly arrived: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late the probe's own sends were: the part of the above that isn't the scorer's. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

export interface ProbeOptions {
  readonly brokers: string;
  readonly from: string;
  readonly to: string;
  /** Leads a second. */
  readonly rate: number;
  /** Not counted: connections open and code warms up in it. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const PROGRAM = join(import.meta.dirname, 'Probe.java');
/** Compiling it, and waiting for what comes last. */
const GRACE_MS = 60_000;

/** Sends leads at an even rate, each by itself, whatever comes back, and times their scores. */
export async function probeLatency(
  leads: readonly PublishedRecord[],
  { brokers, from, to, rate, warmUpSeconds, seconds }: ProbeOptions,
): Promise<Latency> {
  const output = await runJava({
    program: PROGRAM,
    args: [brokers, from, to, String(rate), String(rate * warmUpSeconds), String(rate * seconds)],
    jvm: ['-Xmx256m', ...LIGHT_JVM],
    timeoutMs: (warmUpSeconds + seconds) * 1_000 + GRACE_MS,
    input: formatRecords(leads),
  });
  return JSON.parse(output) as Latency;
}

function* formatRecords(records: readonly PublishedRecord[]): Generator<string> {
  for (const { key, value } of records) yield `${toBase64(key)}\t${toBase64(value)}\n`;
}

function toBase64(bytes: Buffer | string | null): string {
  return Buffer.from(bytes ?? '').toString('base64');
}
