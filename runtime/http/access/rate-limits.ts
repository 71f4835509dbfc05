import { type Bucket, fullBucket, type Rate, takeToken } from '@scoreline/core/limits/token-bucket.ts';

/** Counts requests by whom they come from. */
export interface RateLimits {
  /** 0: go on. Else how many milliseconds `who` has to wait. */
  take(who: string): number;
}

/** Of a few hundred bytes each. Who is forgotten for want of room begins with a full bucket. */
const MOST_BUCKETS = 10_000;

/** Holds everybody to the same rate, in the memory of `mostBuckets` at most: who asked longest ago is forgotten first. */
export function createRateLimits(rate: Rate, nowMs: () => number, mostBuckets = MOST_BUCKETS): RateLimits {
  const buckets = new Map<string, Bucket>();
  return {
    take(who) {
      const now = nowMs();
      const taken = takeToken(buckets.get(who) ?? fullBucket(rate, now), rate, now);
      buckets.delete(who);
      buckets.set(who, taken.bucket);
      const [oldest] = buckets.keys();
      if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest);
      return taken.granted ? 0 : taken.waitMs;
    },
  };
}
