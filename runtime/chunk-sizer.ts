/** How much is done at once, so that it takes about as long as is wanted, however slow each is. */
export interface ChunkSizer {
  /** For the next chunk; at least 1. */
  size(): number;
  /** Told after each chunk. */
  took(count: number, durationMs: number): void;
}

export interface ChunkSizerOptions {
  readonly targetMs: number;
  /** Before anything has been measured: small enough for the slowest that may come. */
  readonly first: number;
  readonly most: number;
}

/**
 * Shrinks at once to what would have taken the target, and doubles at most from one full chunk to the next. A chunk
 * that was neither full nor late says nothing.
 */
export function createChunkSizer({ targetMs, first, most }: ChunkSizerOptions): ChunkSizer {
  let size = Math.min(first, most);
  return {
    size: () => size,
    took(count, durationMs) {
      if (count < size && durationMs <= targetMs) return;
      const fitting = Math.floor((count * targetMs) / Math.max(durationMs, 0.001));
      size = Math.max(1, Math.min(most, 2 * size, fitting));
    },
  };
}
