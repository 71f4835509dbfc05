import { describe, expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';
import {
  AB_PLAN,
  CANARY,
  complete,
  CONTROL,
  given,
  of,
  REGISTRY,
  registryWith,
  start,
} from './testing/rollout-room.ts';
import { assignLead, trafficOf } from './traffic.ts';

/** By mmh3 for Python, `mmh3.hash(f'{rollout}:{lead}', 0, signed=False)`. */
test.each([
  ['r', 'a', 568481534],
  ['r', 'ab', 575715956],
  ['r', 'abc', 762204172],
  ['bank-leads-1.1.0', 'lead-000042', 3331044371],
  ['x', '', 2554223185],
  ['é', 'naïve 🎯', 4199936888],
  ['rollout', '\u0000', 4083720695],
])('the bucket of %s:%s is MurmurHash3’s', (rollout, lead, hash) => {
  expect(bucketOf(rollout, lead)).toBe(hash / 2 ** 32);
});

const LEADS = Array.from({ length: 100_000 }, (_, i) => `lead-${i}`);
const before = REGISTRY;

describe('100,000 leads', () => {
  test.each([
    [0.1, [start()]],
    [0.5, [start(), of('advance')]],
    [1, [start(), of('promote')]],
  ])('are assigned within half a point of %d', (share, commands) => {
    const traffic = trafficOf(given(...commands), before);
    const assigned = LEADS.filter((lead) => assignLead(traffic, lead) === 0).length;
    expect(Math.abs(assigned / LEADS.length - share)).toBeLessThan(0.005);
  });

  test('and none leaves the canary while it rises', () => {
    const traffics = [[start()], [start(), of('advance')], [start(), of('advance'), of('promote')]].map(
      (commands) => trafficOf(given(...commands), before),
    );
    const leavers = LEADS.filter((lead) => {
      const [first = -1, second = -1, third = -1] = traffics.map((traffic) => assignLead(traffic, lead));
      return second < first || third < second;
    });
    expect(leavers).toEqual([]);
  });

  test('are split among the versions of an A/B test, the rest to production', () => {
    const traffic = trafficOf(given(start(AB_PLAN)), before);
    const counts = [0, 0, 0];
    for (const lead of LEADS) counts[assignLead(traffic, lead) + 1]! += 1;
    for (const [i, share] of [0.5, 0.25, 0.25].entries())
      expect(Math.abs(counts[i]! / LEADS.length - share)).toBeLessThan(0.005);
  });
});

describe('who scores', () => {
  const alone = { experimentId: null, treatments: [] };

  test('production alone before a start, after an end, and once another version is in Production', () => {
    expect(trafficOf(given(), before)).toEqual({ ...alone, production: CONTROL });
    expect(trafficOf(given(start(), of('roll_back')), before)).toEqual({ ...alone, production: CONTROL });
    const rolledBackByHand = registryWith({ production: 'bank-leads@0.9.0', revision: 6 });
    expect(trafficOf(given(start()), rolledBackByHand)).toMatchObject(alone);
  });

  test('production alone once a person has promoted, rolled back or rejected, also where it looks as before', () => {
    const backAgain = registryWith({ revision: 7 }, [CONTROL, 'production', 7], [CANARY, 'archived', 7]);
    const rejected = registryWith({ revision: 6 }, [CANARY, 'rejected', 6]);
    const stagedAnew = registryWith({ revision: 8 }, [CANARY, 'staging', 8]);
    for (const registry of [backAgain, rejected, stagedAnew])
      expect(trafficOf(given(start()), registry)).toMatchObject(alone);
    expect(trafficOf(given(start()), before).treatments).toHaveLength(1);
  });

  test('a pause keeps the share', () => {
    expect(trafficOf(given(start(), of('pause')), before).treatments).toEqual([
      { ref: CANARY, from: 0, to: 0.1 },
    ]);
  });

  test('a completed canary keeps all leads until its promotion has been read too, and not a moment longer', () => {
    const completed = given(start(), of('promote'), complete(6));
    expect(trafficOf(completed, before).treatments).toEqual([{ ref: CANARY, from: 0, to: 1 }]);
    const promoted = registryWith({ production: CANARY, revision: 6 }, [CANARY, 'production', 6]);
    expect(trafficOf(completed, promoted)).toMatchObject(alone);
    // Rolled back by hand, later: production again.
    expect(trafficOf(completed, registryWith({ revision: 7 }, [CONTROL, 'production', 7]))).toMatchObject(
      alone,
    );
  });
});
