import { AB_PLAN, CANARY_PLAN, given, of, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { expect, test } from 'vitest';
import { ClickHouseUnavailable, type Database } from '../../clickhouse/database.ts';
import { createRolloutMeasurer } from './measurer.ts';
import { readParts } from './sampling.ts';
import { createScope, type MeasureScope } from './scope.ts';

const HOUR_MS = 3_600_000;
const NAMES = ['error_rate', 'latency', 'kpi', 'score_drift', 'shadow_disagreement', 'sample_ratio'] as const;
const checks = NAMES.map((name) => ({ name, limit: 0.1, on_failure: 'pause' as const }));

/** A database that has read everything, and answers each statement about leads with an error. */
const brokenDatabase: Pick<Database, 'query'> = {
  async query(sql) {
    if (!sql.includes('stream_progress')) throw new Error('no such column');
    return [{ readUntilMs: HOUR_MS, asOfMs: HOUR_MS }] as never[];
  },
};

test.each([
  [
    'away',
    { query: async () => Promise.reject(new ClickHouseUnavailable('connection refused')) },
    'connection refused',
  ],
  ['broken', brokenDatabase, 'no such column'],
])(
  'while ClickHouse is %s, every check of every treatment says that nothing is known',
  async (_, database, why) => {
    const { measure } = createRolloutMeasurer({ database, topicPrefix: '' });
    const evaluation = await measure(given(start({ ...AB_PLAN, checks })).latest!, HOUR_MS);
    expect(evaluation.atMs).toBe(HOUR_MS);
    expect(evaluation.checks.map(({ name, treatment }) => [name, treatment])).toEqual([
      ...NAMES.map((name) => [name, 'bank-leads@1.1.0']),
      ...NAMES.map((name) => [name, 'bank-leads@1.2.0']),
    ]);
    for (const check of evaluation.checks)
      expect(check).toMatchObject({
        state: 'inconclusive',
        value: null,
        detail: `it could not be measured: ${why}`,
      });
  },
);

const scopeOf = (
  rollout: Rollout,
  nowMs: number,
  database: Pick<Database, 'query'> = brokenDatabase,
): MeasureScope =>
  createScope({
    database,
    rollout,
    treatment: rollout.plan.treatments[0]!,
    topic: 'lead-created',
    nowMs,
    asOfMs: null,
  });

test.each([
  [0, 1],
  [1_000_000, 1],
  [1_000_001, 2],
  [5_000_000, 8],
])('of %d events the leads of one part in %d are read', async (events, parts) => {
  const database = { query: async () => [{ events }] as never[] };
  expect(await readParts(scopeOf(given(start()).latest!, HOUR_MS, database), 0)).toBe(parts);
});

test('windows begin two seconds after the share, and end with the present', () => {
  const started = given(start()).latest!;
  expect(scopeOf(started, 10_000)).toMatchObject({
    settledMs: 2_000,
    fromMs: 2_000,
    controlWindow: { fromMs: 2_000, toMs: 10_000 },
  });
  expect(scopeOf(started, 5 * HOUR_MS)).toMatchObject({ settledMs: 2_000, fromMs: 4 * HOUR_MS });

  const steps = [...CANARY_PLAN.steps, { share: 1, duration_ms: HOUR_MS }];
  const all = given(start({ ...CANARY_PLAN, steps }), of('advance'), of('advance')).latest!;
  expect(scopeOf(all, 5 * HOUR_MS)).toMatchObject({
    settledMs: 2 * HOUR_MS + 2_000,
    fromMs: 4 * HOUR_MS,
    controlWindow: { fromMs: HOUR_MS, toMs: 2 * HOUR_MS },
  });
});
