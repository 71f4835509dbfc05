import { createPartitionReader, PositionGone } from '../kafka/partition-reader.ts';
import type { OutputRecord } from '../kafka/record.ts';
import { type DeadLetter, letterId } from './dead-letter.ts';
import { type DeadLettersLocation, topicsOf } from './location.ts';

/** The record to be written, or why this letter can't be scored again. */
export type ReplayableRecord =
  | { readonly ok: true; readonly record: OutputRecord; readonly partition: number }
  | { readonly ok: false; readonly why: string };

const FETCH_PATIENCE_MS = 2_000;

/**
 * The lead event of a letter as it was, to go to the partition that it came from. Where it was too large for the
 * dead letters' topic it is read from where it stands. A shadow's letter is never replayed: production has scored that
 * lead, and would score it again.
 */
export async function findRecordToReplay(
  letter: DeadLetter,
  location: DeadLettersLocation,
): Promise<ReplayableRecord> {
  const { input } = topicsOf(location);
  const { source, role } = letter;
  if (role !== 'production')
    return refuse(`it is ${role}'s: production has scored this lead and would score it again`);
  if (source.topic !== input) return refuse(`it came from '${source.topic}', not from ${input}`);
  const headers = { 'dlq.replayed.from': letterId(letter) };
  const { partition } = source;
  if (letter.omittedBytes === null) {
    const { key, value } = letter;
    return { ok: true, partition, record: { key, value, headers: { ...letter.headers, ...headers } } };
  }
  const whole = await readSource(letter, location);
  if (whole === undefined)
    return refuse(`its value was left out (${letter.omittedBytes} bytes), and ${input} no longer has it`);
  return { ok: true, partition, record: { ...whole, headers: { ...whole.headers, ...headers } } };
}

async function readSource(
  { source }: DeadLetter,
  { kafka, clientLog }: DeadLettersLocation,
): Promise<OutputRecord | undefined> {
  const { topic, partition, offset } = source;
  const reader = createPartitionReader(kafka, topic, clientLog, { partition, isolation: 'committed' });
  try {
    const { records } = await reader.fetch(offset, FETCH_PATIENCE_MS);
    const found = records[0]?.offset === offset ? records[0] : undefined;
    if (found === undefined) return undefined;
    const own = Object.entries(found.headers).filter(([, value]) => value !== undefined);
    return {
      key: found.key,
      value: found.value,
      headers: Object.fromEntries(own) as OutputRecord['headers'] & object,
    };
  } catch (error) {
    if (error instanceof PositionGone) return undefined;
    throw error;
  } finally {
    await reader.close();
  }
}

function refuse(why: string): ReplayableRecord {
  return { ok: false, why };
}
