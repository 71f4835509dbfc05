import { array, assert, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, fullBucket, type Rate, takeToken } from './token-bucket.ts';

const rates = record({
  perSecond: double({ min: 0.1, max: 10_000, noNaN: true }),
  burst: integer({ min: 1, max: 1_000 }),
});
/** Pauses between requests; some of a clock that goes back. */
const pauses = array(integer({ min: -50, max: 2_000 }), { minLength: 1, maxLength: 300 });

/** When each request came, and whether it was granted. */
function play(rate: Rate, pausesMs: readonly number[]): { atMs: number; granted: boolean; bucket: Bucket }[] {
  let bucket = fullBucket(rate, 0);
  let nowMs = 0;
  return pausesMs.map((pauseMs) => {
    nowMs += pauseMs;
    const taken = takeToken(bucket, rate, nowMs);
    ({ bucket } = taken);
    return { atMs: nowMs, granted: taken.granted, bucket };
  });
}

describe('takeToken', () => {
  const rate = { perSecond: 2, burst: 3 };

  it('grants a burst, then says how long to wait, and grants again after that', () => {
    const played = play(rate, [0, 0, 0, 0]);
    expect(played.map(({ granted }) => granted)).toEqual([true, true, true, false]);
    const refused = takeToken(played[3]!.bucket, rate, 0);
    expect(refused).toMatchObject({ granted: false, waitMs: 500 });
    expect(takeToken(played[3]!.bucket, rate, 499).granted).toBe(false);
    expect(takeToken(played[3]!.bucket, rate, 500).granted).toBe(true);
  });

  it('is full again, and no fuller, after a long time', () => {
    const played = play(rate, [0, 0, 0, 3_600_000, 0, 0, 0]);
    expect(played.map(({ granted }) => granted)).toEqual([true, true, true, true, true, true, false]);
  });

  it('never grants more than burst + time × rate in any span', () => {
    assert(
      property(rates, pauses, (rate, pausesMs) => {
        const forward = pausesMs.map((pauseMs) => Math.max(0, pauseMs));
        const grantedAtMs = play(rate, forward).flatMap(({ granted, atMs }) => (granted ? [atMs] : []));
        for (let from = 0; from < grantedAtMs.length; from++) {
          for (let to = from; to < grantedAtMs.length; to++) {
            const seconds = (grantedAtMs[to]! - grantedAtMs[from]!) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(rate.burst + seconds * rate.perSecond + 1e-6);
          }
        }
      }),
    );
  });

  it('keeps between 0 and burst, whatever the clock does', () => {
    assert(
      property(rates, pauses, (rate, pausesMs) => {
        for (const { bucket } of play(rate, pausesMs)) {
          expect(bucket.tokens).toBeGreaterThanOrEqual(0);
          expect(bucket.tokens).toBeLessThanOrEqual(rate.burst);
        }
      }),
    );
  });

  it('grants whoever waits for as long as it says', () => {
    assert(
      property(rates, pauses, (rate, pausesMs) => {
        const last = play(rate, pausesMs).at(-1)!;
        const taken = takeToken(last.bucket, rate, last.bucket.atMs);
        if (taken.granted) return;
        // A hair of floating point may be missing, which the next millisecond has.
        expect(takeToken(taken.bucket, rate, last.bucket.atMs + taken.waitMs + 1).granted).toBe(true);
      }),
    );
  });
});
