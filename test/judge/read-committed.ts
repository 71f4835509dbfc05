import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { provideDist } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';

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

interface RecordLine extends Omit<JudgedRecord, 'key' | 'value' | 'headers'> {
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
  brokers: string,
  topics: readonly string[],
  onRecord: (record: JudgedRecord) => void,
): Promise<readonly PartitionEnd[]> {
  const { dist } = locateHome(undefined, process.env);
  const jars = join(await provideDist('kafka', dist, () => {}), 'lib', '*');
  const [bootstrap = ''] = brokers.split(',');
  const args = ['-Xmx256m', '-cp', jars, PROGRAM, bootstrap, ...topics];
  const child = spawn(await findJava(process.env), args, { timeout: DEADLINE_MS });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-MAX_ERROR_CHARS);
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const ends: PartitionEnd[] = [];
  for await (const line of createInterface(child.stdout)) {
    const parsed = JSON.parse(line) as RecordLine | (PartitionEnd & { readonly end: true });
    if ('end' in parsed) ends.push(parsed);
    else onRecord(decodeLine(parsed));
  }
  const [status] = await ended;
  if (status !== 0) throw new Error(`the independent reader ended with ${status}: ${complaints.trim()}`);
  return ends;
}

function decodeLine(line: RecordLine): JudgedRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(line.headers))
    headers[name] = fromBase64(value)?.toString() ?? '';
  return { ...line, key: fromBase64(line.key), value: fromBase64(line.value), headers };
}

function fromBase64(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}
