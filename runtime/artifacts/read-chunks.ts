import { ArtifactError, abortError } from './artifact-error.ts';
import type { BlobRead, BlobStore } from './blob-store.ts';
import { startDeadline, untilAborted } from './deadline.ts';
import type { TransferLimits } from './limits.ts';

/** What the reader of a file is told: first where its bytes begin, then the bytes. */
export interface ChunkSink {
  begin(fromByte: number): Promise<void>;
  take(chunk: Uint8Array): Promise<void>;
}

/**
 * Reads a file from `fromByte` on into `sink`; false where the store has no such file. Ends with an ArtifactError
 * when the store falls silent, when the signal aborts, and past the size limit.
 */
export async function readChunks(
  { blobs, path, limits }: { blobs: BlobStore; path: string; limits: TransferLimits },
  fromByte: number,
  sink: ChunkSink,
  signal: AbortSignal,
): Promise<boolean> {
  const address = blobs.addressOf(path);
  const idle = startDeadline(limits.idleTimeoutMs, `${address} gave nothing`, signal);
  try {
    const read = await untilAborted(blobs.read(path, fromByte, idle.signal), idle.signal);
    if (read === undefined) return false;
    await sink.begin(read.fromByte);
    await drain(read, idle.signal, async (chunk, endsAt) => {
      idle.refresh();
      if (endsAt > limits.maxFileBytes) throw tooLarge(address, limits.maxFileBytes);
      await sink.take(chunk);
    });
    return true;
  } catch (error) {
    if (idle.signal.aborted) throw abortError(idle.signal);
    if (error instanceof ArtifactError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new ArtifactError('unavailable', `${address} broke off: ${what}`, error);
  } finally {
    idle.clear();
  }
}

/** The whole of a small file; undefined where the store has none. */
export async function readWhole(
  source: { blobs: BlobStore; path: string; limits: TransferLimits },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  const sink: ChunkSink = {
    begin: () => Promise.resolve(),
    take: (chunk) => Promise.resolve(void chunks.push(chunk)),
  };
  return (await readChunks(source, 0, sink, signal)) ? Buffer.concat(chunks) : undefined;
}

async function drain(
  { chunks, fromByte }: BlobRead,
  signal: AbortSignal,
  onChunk: (chunk: Uint8Array, endsAt: number) => Promise<void>,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let endsAt = fromByte;
  try {
    for (;;) {
      const { done, value } = await untilAborted(iterator.next(), signal);
      if (done === true) return;
      endsAt += value.length;
      await onChunk(value, endsAt);
    }
  } catch (error) {
    // Not awaited: a source that has fallen silent may never answer.
    iterator.return?.().catch(() => {});
    throw error;
  }
}

function tooLarge(address: string, maxBytes: number): ArtifactError {
  return new ArtifactError('too_large', `${address} has more than ${maxBytes} bytes`);
}
