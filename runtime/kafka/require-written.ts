import type { RecordMetadata } from 'kafkajs';

/**
 * Throws where a send has left records out. kafkajs drops those for a partition that its metadata doesn't have yet (a
 * topic that has just grown), without an error, and the send resolves.
 */
export function requireWritten(
  written: readonly RecordMetadata[],
  topic: string,
  partitions: readonly number[],
): void {
  const missing = partitions.find((partition) => !written.some((range) => range.partition === partition));
  if (missing === undefined) return;
  throw new Error(
    `topic ${topic} has no partition ${missing} as far as this client knows: nothing was written`,
  );
}
