import assert from 'node:assert/strict';
import { exactlyOnce, judge } from '../../support/judge-stream.ts';
import { until, untilGroupHasRead } from '../../support/until.ts';
import { countStored, untilStored } from '../stored.ts';
import type { Facts, Teller } from '../teller.ts';
import { LAST } from '../versions.ts';
import type { World } from '../world.ts';

/** All that was played, held against what stands in Kafka and in ClickHouse. */
export async function tellVerdict(teller: Teller, world: World): Promise<void> {
  teller.chapter('At the end');
  await teller.step("Kafka's own Java client: every lead of the whole story was scored exactly once", () =>
    judgeAll(world),
  );
  await teller.step('ClickHouse has every decision with who and why, counted or not', () =>
    readDecisions(world),
  );
}

async function judgeAll({ env, leads, database }: World): Promise<Facts> {
  await untilGroupHasRead(env, 'scorer');
  const roles = { shadow: 0, backtest: 0 };
  const verdict = await judge(env, {
    withShadow: true,
    onScore: ({ role }) => {
      if (role === 'shadow' || role === 'backtest') roles[role] += 1;
    },
  });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  const shadowTopic = `${env.TOPIC_PREFIX}lead-shadow-scores`;
  const { latencyMs: _p, ...production } = verdict.byTopic.get(topic) ?? { latencyMs: undefined };
  assert.deepEqual(production, exactlyOnce(topic, leads.published()));
  assert.deepEqual([verdict.openTransactions, verdict.duplicateDeadLetters], [0, 0]);
  const { latencyMs: _s, ...shadow } = verdict.byTopic.get(shadowTopic) ?? { latencyMs: undefined };
  // Each candidate began when it was staged: what came before is no loss of it.
  assert.deepEqual(
    { ...shadow, lost: 0 },
    exactlyOnce(shadowTopic, roles.shadow + roles.backtest, verdict.deadLetters),
  );
  await untilStored(database, { role: 'live' }, leads.published());
  assert.equal(await countStored(database, { role: 'live' }), leads.published());
  assert.equal(await countStored(database, { role: 'backtest' }), roles.backtest);
  return {
    leads: leads.published(),
    'scores by candidates': roles.shadow,
    'scores of the backtest': roles.backtest,
    'dead letters, none of production': verdict.deadLetters,
    'lost, doubled, misplaced or out of order': 0,
  };
}

async function readDecisions({ database, scoreline }: World): Promise<Facts> {
  const { revision, production } = await scoreline.list();
  assert.equal(production, LAST);
  const read = async (): Promise<number> => {
    const [row] = await database.query<{ revision: number }>(
      `SELECT max(revision) AS revision FROM model_events WHERE accepted`,
    );
    return row?.revision ?? 0;
  };
  await until(async () => (await read()) === revision, 30_000, `ClickHouse had not ${revision} decisions`);
  const actors = await database.query<{ actor: string; decisions: number }>(
    `SELECT actor, count() AS decisions FROM model_events WHERE accepted AND reason != '' GROUP BY actor ORDER BY actor`,
  );
  assert.equal(
    actors.reduce((sum, { decisions }) => sum + decisions, 0),
    revision,
  );
  return {
    decisions: revision,
    'decided by': actors.map(({ actor, decisions }) => `${actor} ${decisions}`).join(', '),
  };
}
