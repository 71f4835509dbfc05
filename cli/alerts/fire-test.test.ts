import { testAlert } from '@scoreline/core/alerts/test-alert.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { expect, test } from 'vitest';
import { fireTest, pause, type Step } from './fire-test.ts';

const alert = testAlert('critical', 5_000);

/** What stands in the outbox, all of it published at once where drift runs. */
function openOutbox(isPublished: boolean): {
  readonly database: Pick<Database, 'insert' | 'query'>;
  readonly states: string[];
} {
  const states: string[] = [];
  return {
    states,
    database: {
      async insert(_table, rows) {
        for (const { changes } of rows as { changes: string }[])
          states.push(...(JSON.parse(changes) as ScoringAlert[]).map(({ state }) => state));
      },
      query: async <Row>() => (isPublished ? [{ ...alert, position: 1, published_at: 0 }] : []) as Row[],
    },
  };
}

test('a test that is interrupted while its alert fires ends it, and did not go well', async () => {
  const { database, states } = openOutbox(true);
  const abort = new AbortController();
  const steps: Step[] = [];
  const options = { patienceMs: 1_000, signal: abort.signal, tell: (step: Step) => void steps.push(step) };
  const ok = await fireTest(database, alert, options, async () => {
    abort.abort();
    await pause(3_600_000, abort.signal);
    return true;
  });
  expect(ok).toBe(false);
  expect(states).toEqual(['firing', 'resolved']);
  expect(steps.map(({ text }) => text)).toEqual(['interrupted: its end is on its way', 'resolved']);
});

test('one that is interrupted before anything is published leaves its end in the outbox', async () => {
  const { database, states } = openOutbox(false);
  const steps: Step[] = [];
  const options = { patienceMs: 1, signal: AbortSignal.abort(), tell: (step: Step) => void steps.push(step) };
  expect(await fireTest(database, alert, options, async () => true)).toBe(false);
  expect(states).toEqual(['firing', 'resolved']);
  expect(steps.at(-1)!.text).toContain('waits in the outbox');
});
