import { expect, test } from 'vitest';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { exactlyOnce, judge } from '../support/judge-stream.ts';
import { until, untilGroupHasRead } from '../support/until.ts';
import { replayBank, runService } from './support.ts';

const LEADS = 20_000;
const RATE = 500;
/** Leads sent when a scorer is killed: early, twice while the group is busy with the last kill, and late. */
const KILLS_AT = [1_500, 4_000, 9_000, 16_000];

test('two scorers, killed in turn in mid-stream: nothing lost, nothing doubled, order held', async () => {
  const env = await setUpIsolatedEnv();
  const scorers = [await runService('scorer', env), await runService('scorer', env)];
  let sent = 0;
  const replaying = replayBank(env, LEADS, RATE, ({ leads }) => (sent = leads));
  for (const killAt of KILLS_AT) {
    await until(async () => sent >= killAt, 60_000);
    const victim = scorers.shift()!;
    process.kill(victim.pid, 'SIGKILL');
    expect(await victim.exited).toContain('signal 9');
    scorers.push(await runService('scorer', env));
  }
  expect(await replaying).toMatchObject({ leads: LEADS, refused: 0 });
  await untilGroupHasRead(env, 'scorer');

  const verdict = await judge(env);
  expect(verdict).toMatchObject({ leads: LEADS, repeatedEventIds: 0, deadLetters: 0, openTransactions: 0 });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  expect(verdict.byTopic.get(topic)).toMatchObject(exactlyOnce(topic, LEADS));
}, 180_000);
