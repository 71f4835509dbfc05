/** How often something may be done: `perSecond` in the long run, `burst` at once. Both above 0. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left, from 0 to `burst`, and when that was so. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Whether a token was there to take; else how long it takes until one is. */
export type Taken =
  | { readonly granted: true; readonly bucket: Bucket }
  | { readonly granted: false; readonly bucket: Bucket; readonly waitMs: number };

/** The bucket of whoever has asked for nothing yet, or for nothing long enough. */
export function fullBucket({ burst }: Rate, nowMs: number): Bucket {
  return { tokens: burst, atMs: nowMs };
}

/**
 * Takes one token. In any span of t seconds at most `burst` + t × `perSecond` are granted. A clock that goes back fills
 * nothing, and neither does being refused cost anything.
 */
export function takeToken(bucket: Bucket, rate: Rate, nowMs: number): Taken {
  const { tokens, atMs } = refill(bucket, rate, nowMs);
  if (tokens >= 1) return { granted: true, bucket: { tokens: tokens - 1, atMs } };
  return {
    granted: false,
    bucket: { tokens, atMs },
    waitMs: Math.ceil(((1 - tokens) / rate.perSecond) * 1000),
  };
}

function refill({ tokens, atMs }: Bucket, { perSecond, burst }: Rate, nowMs: number): Bucket {
  const passedMs = Math.max(0, nowMs - atMs);
  return { tokens: Math.min(burst, tokens + (passedMs / 1000) * perSecond), atMs: Math.max(atMs, nowMs) };
}
