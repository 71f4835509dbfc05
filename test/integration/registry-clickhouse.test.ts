import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { createDecisionSink, type DecisionSink } from '@scoreline/drift/decisions/decision-sink.ts';
import { ROLLOUT_EVENTS } from '@scoreline/drift/decisions/rollout-events.ts';
import { eventOf, given, of, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { MODEL_EVENTS } from '@scoreline/drift/decisions/model-events.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { openDecisionAppender, openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { REGISTRY_FOLD, REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import { ROLLOUT_FOLD, ROLLOUT_TOPIC } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { locateRegistry, openRegistryRoom, register } from '../support/registry-room.ts';

const V1 = 'bank-leads@1.0.0';

test('model_events has every record once, with whether it counted, however often it is read', async () => {
  const env = await setUpIsolatedEnv();
  const room = await openRegistryRoom(env);
  const database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  const topic = `${env.TOPIC_PREFIX}model-registry`;
  const failures: unknown[] = [];
  let isAway = true;
  const openSink = (): DecisionSink<RegistryState> =>
    createDecisionSink({
      log: openDecisionLog(REGISTRY_TOPIC, locateRegistry(env), () => {}),
      database: {
        insert: async (table, rows) =>
          isAway ? Promise.reject(new Error('away')) : database.insert(table, rows),
      },
      fold: REGISTRY_FOLD,
      table: MODEL_EVENTS,
      topic,
      events: { rowsStored: () => {}, taskFailed: (_task, error) => void failures.push(error) },
      nowMs: Date.now,
    });
  onTestFinished(async () => {
    await Promise.all([room.close(), database.close()]);
  });

  await room.commands.execute(register(V1));
  const publisher = createPublisher(
    { brokers: env.KAFKA_BROKERS.split(','), clientId: 'stranger' },
    () => {},
  );
  await publisher.connect();
  await publisher.publish(topic, [{ key: null, value: Buffer.from('garbage'), partition: 0 }]);
  await publisher.close();

  const first = openSink();
  first.start();
  await vi.waitFor(() => expect(failures.length).toBeGreaterThan(1), { timeout: 20_000 });
  isAway = false;
  const read = () =>
    database.query(
      'SELECT offset, accepted, revision, ignored_code, type, model, model_version, actor, reason FROM model_events ORDER BY offset',
    );
  await room.commands.execute({ type: 'stage', ref: V1, actor: 'otto', reason: 'look' });
  const expected = [
    { offset: 0, accepted: true, revision: 1, ignored_code: '', type: 'registered', actor: 'anna' },
    {
      offset: 1,
      accepted: false,
      revision: 1,
      ignored_code: 'value.bad_magic_byte',
      type: 'unknown',
      actor: '',
    },
    {
      offset: 2,
      accepted: true,
      revision: 2,
      type: 'staged',
      actor: 'otto',
      reason: 'look',
      model: 'bank-leads',
    },
  ];
  await vi.waitFor(async () => expect(await read()).toMatchObject(expected), { timeout: 20_000 });
  await first.close();

  const again = openSink();
  again.start();
  await room.commands.execute({ type: 'archive', ref: V1, actor: 'otto', reason: 'enough' });
  await vi.waitFor(async () => expect(await read()).toHaveLength(4), { timeout: 20_000 });
  expect(await read()).toMatchObject([
    ...expected,
    { offset: 3, accepted: true, revision: 3, type: 'archived' },
  ]);
  await again.close();
}, 60_000);

test('rollout_events has every decision with the share that it left, and what did not count', async () => {
  const env = await setUpIsolatedEnv();
  const database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  const appender = openDecisionAppender(ROLLOUT_TOPIC, locateRegistry(env), () => {});
  const failures: unknown[] = [];
  const sink = createDecisionSink({
    log: openDecisionLog(ROLLOUT_TOPIC, locateRegistry(env), () => {}),
    database,
    fold: ROLLOUT_FOLD,
    table: ROLLOUT_EVENTS,
    topic: `${env.TOPIC_PREFIX}rollouts`,
    events: { rowsStored: () => {}, taskFailed: (_task, error) => void failures.push(error) },
    nowMs: Date.now,
  });
  onTestFinished(async () => {
    await Promise.all([sink.close(), appender.close(), database.close()]);
  });
  sink.start();
  await appender.append(eventOf(given(), start()));
  await appender.append(eventOf(given(start()), of('advance')));
  await appender.append(eventOf(given(start()), of('abort')));
  const read = () =>
    database.query(
      `SELECT offset, accepted, revision, ignored_code, type, rollout_id, step, share,
        JSONExtractString(plan, 'treatments', 1, 'version') AS version FROM rollout_events ORDER BY offset`,
    );
  const common = { rollout_id: 'r1', accepted: true, ignored_code: '', version: '' };
  await vi.waitFor(
    async () =>
      expect(await read()).toEqual([
        { ...common, offset: 0, revision: 1, type: 'started', step: 0, share: 0.1, version: '1.1.0' },
        { ...common, offset: 1, revision: 2, type: 'advanced', step: 1, share: 0.5 },
        {
          ...common,
          offset: 2,
          revision: 2,
          type: 'aborted',
          step: 0,
          share: null,
          accepted: false,
          ignored_code: 'conflict',
        },
      ]),
    { timeout: 20_000 },
  );
  expect(failures).toEqual([]);
}, 60_000);
