import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { expect, test, vi } from 'vitest';
import { startLoad } from '../faults/crew/load.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { readAll } from '../support/read-all.ts';

/** So few that no lead of the stream comes after what is aborted. */
const LEADS_PER_SECOND = 0.01;

test("what the load of `npm run faults` aborts isn't the last of its partition: who has read all is at the end", async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '2' });
  const topic = `${env.TOPIC_PREFIX}lead-created`;
  const load = await startLoad(env, LEADS_PER_SECOND);
  await vi.waitFor(() => expect(load.aborted()).toBeGreaterThan(0), { timeout: 60_000 });
  await load.stop();

  let nextOffset = 0;
  await readAll(env.KAFKA_BROKERS, [topic], ({ partition, offset }) => {
    if (partition === 0) nextOffset = offset + 1;
  });
  const progress = await openGroupProgress(
    { brokers: env.KAFKA_BROKERS.split(','), clientId: 'test' },
    () => {},
  );
  const ends = await progress.readEnds(topic);
  await progress.close();
  expect(ends.get(0)).toBe(nextOffset);
  expect(load.sent()).toBe(1);
}, 120_000);
