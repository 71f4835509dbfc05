import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { provideKafkaClient } from '@scoreline/infra/local/kafka-client.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import { formatProperties, toJavaProperties } from './client-properties.ts';

/** A record as Kafka's own Java client read it, read_committed. */
export interface JudgedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Kafka's timestamp, epoch milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a partition ended. The two differ where a transaction is still open. */
export interface PartitionEnd {
  readonly topic: string;
  readonly partition: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
}

/** A record as it came, by {@link followCommitted}. */
export interface ArrivedRecord extends JudgedRecord {
  /** When it reached the reader, epoch microseconds. */
  readonly arrivedUs: number;
}

type Line = RecordLine | (PartitionEnd & { readonly end: true }) | { readonly ready: true };

interface RecordLine extends Omit<ArrivedRecord, 'key' | 'value' | 'headers'> {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | null>>;
}

const PROGRAM = join(import.meta.dirname, 'ReadCommitted.java');
const DEADLINE_MS = 180_000;
const MAX_ERROR_CHARS = 2_000;

/**
 * Reads whole topics by `ReadCommitted.java`, calling `onRecord` for each record as it comes, partition by partition
 * in order. Needs a JDK; the client's jars are those of the embedded stack. Throws with what Java said.
 */
export async function readCommitted(
  brokers: string | KafkaAccess,
  topics: readonly string[],
  onRecord: (record: JudgedRecord) => void,
): Promise<readonly PartitionEnd[]> {
  const access = toAccess(brokers);
  const reader = await startReader([firstOf(access), ...topics], access);
  const ends: PartitionEnd[] = [];
  for await (const line of reader.lines) {
    if ('end' in line) ends.push(line);
    else if (!('ready' in line)) onRecord(decodeLine(line));
  }
  await reader.ended;
  return ends;
}

/**
 * Follows topics from their ends on, until `stop`, with the time at which each record reached the Java client.
 * Resolves once the reader is in its place.
 */
export async function followCommitted(
  brokers: string,
  topics: readonly string[],
  onRecord: (record: ArrivedRecord) => void,
): Promise<{ stop(): Promise<void> }> {
  const access = toAccess(brokers);
  const reader = await startReader(['--follow', firstOf(access), ...topics], access);
  const ready = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    for await (const line of reader.lines) {
      if ('ready' in line) ready.resolve();
      else if (!('end' in line)) onRecord(decodeLine(line));
    }
    await reader.ended;
  };
  const done = read();
  await Promise.race([ready.promise, done]);
  return {
    async stop() {
      reader.endInput();
      await done;
    },
  };
}

interface Reader {
  readonly lines: AsyncIterable<Line>;
  /** Rejects, with what Java said, when it failed. */
  readonly ended: Promise<void>;
  endInput(): void;
}

async function startReader(args: readonly string[], access: KafkaAccess): Promise<Reader> {
  const { java, classPath } = await provideKafkaClient();
  const child = spawn(java, ['-Xmx256m', '-cp', classPath, PROGRAM, ...args], {
    timeout: DEADLINE_MS,
    env: { ...process.env, KAFKA_CLIENT_PROPERTIES: formatProperties(toJavaProperties(access)) },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-MAX_ERROR_CHARS);
  });
  const end = async (): Promise<void> => {
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new Error(`the independent reader ended with ${status}: ${complaints.trim()}`);
  };
  const ended = end();
  // Whoever reads the lines awaits it; until then a failure is no unhandled one.
  ended.catch(() => undefined);
  return { lines: parseLines(child.stdout), ended, endInput: () => child.stdin.end() };
}

async function* parseLines(output: Readable): AsyncGenerator<Line> {
  for await (const line of createInterface(output)) yield JSON.parse(line) as Line;
}

function decodeLine(line: RecordLine): ArrivedRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(line.headers))
    headers[name] = fromBase64(value)?.toString() ?? '';
  return { ...line, key: fromBase64(line.key), value: fromBase64(line.value), headers };
}

function fromBase64(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}

/** Brokers by commas let everybody in. */
function toAccess(brokers: string | KafkaAccess): KafkaAccess {
  return typeof brokers === 'string' ? { brokers: brokers.split(',') } : brokers;
}

function firstOf({ brokers: [first] }: KafkaAccess): string {
  if (first === undefined) throw new Error('no broker is named');
  return first;
}
