import type { Kafka } from 'kafkajs';
import { EpochWriter } from './epoch-writer.ts';
import { KafkajsWriter } from './kafkajs-writer.ts';
import type { TransactionalWriter, WriterIdentity } from './transactional-writer.ts';
import { readTransactionVersion } from './transaction-version.ts';

/** A dead producer's open transaction blocks read_committed readers for this long. */
const TRANSACTION_TIMEOUT_MS = 12_000;

/**
 * Connects and initialises: when it resolves, every earlier writer is fenced and its last transaction is either
 * wholly committed or wholly aborted, so that what it wrote can be read.
 */
export async function initialiseWriter(
  kafka: Kafka,
  identity: Omit<WriterIdentity, 'transactionTimeoutMs'>,
): Promise<TransactionalWriter> {
  const Writer = writerOf(await readTransactionVersion(kafka));
  return Writer.initialise(kafka, { ...identity, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS });
}

/** By the cluster's version of transactions. */
export function writerOf(transactionVersion: number): typeof EpochWriter | typeof KafkajsWriter {
  return transactionVersion >= 2 ? EpochWriter : KafkajsWriter;
}
