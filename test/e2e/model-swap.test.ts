import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { expect, test } from 'vitest';
import { decide, toProduction, type Undecided } from '../support/decide-models.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { openRegistryRoom } from '../support/registry-room.ts';
import { exactlyOnce, judge } from '../support/judge-stream.ts';
import { isStale, refOf, type Switch, versionsByPartition } from '../support/version-runs.ts';
import { until, untilGroupHasRead } from '../support/until.ts';
import { artifactOf, MODELS, replayBank, runService } from './support.ts';

const OLD: VersionRef = 'bank-leads@1.0.0';
const NEW: VersionRef = 'bank-leads@1.1.0';
/** Services that the registry tells what to run. */
const BY_REGISTRY = { MODEL: '', CANDIDATE: '', MODEL_STORE: MODELS };
const LEADS = 12_000;
const RATE = 2_000;
/** How soon every instance scores with the version that a rollback leads to. */
const ROLLBACK_WITHIN_MS = 2_000;

test('versions are switched, rolled back and killed under load: each lead once, no partition goes back and forth', async () => {
  const env = await setUpIsolatedEnv();
  const room = await openRegistryRoom(env);
  for (const ref of [OLD, NEW]) await decide(room, { type: 'register', ref, artifact: artifactOf(ref) });
  await toProduction(room, OLD);
  const victim = await runService('scorer', env, BY_REGISTRY);
  await runService('scorer', env, BY_REGISTRY);
  await decide(room, { type: 'stage', ref: NEW });
  await runService('shadow', env, BY_REGISTRY);

  let sent = 0;
  const replay = replayBank(env, LEADS, RATE, (progress) => {
    sent = progress.leads;
  });
  const switches: Switch[] = [];
  /** Decides once so many leads are sent, and notes when. */
  const switchAt = async (leads: number, ref: VersionRef, command: Undecided<RegistryCommand>) => {
    await until(async () => sent >= leads, 60_000);
    switches.push({ decidedAtMs: await decide(room, command), ref });
  };
  await decide(room, { type: 'approve', ref: NEW });
  await switchAt(1_500, NEW, { type: 'promote', ref: NEW });
  await switchAt(4_000, OLD, { type: 'rollback' });
  process.kill(victim.pid, 'SIGKILL');
  await runService('scorer', env, BY_REGISTRY);
  await decide(room, { type: 'stage', ref: NEW });
  await decide(room, { type: 'approve', ref: NEW });
  await switchAt(7_000, NEW, { type: 'promote', ref: NEW });
  await switchAt(9_500, OLD, { type: 'rollback' });
  await replay;
  await untilGroupHasRead(env, 'scorer');
  await room.close();

  const scores: LeadScored[] = [];
  const verdict = await judge(env, { onScore: (score) => void scores.push(score) });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  expect(verdict.byTopic.get(topic)).toMatchObject(exactlyOnce(topic, LEADS));
  expect(new Set(scores.map(refOf))).toEqual(new Set([OLD, NEW]));
  for (const versions of versionsByPartition(scores)) {
    expect(versions.length).toBeLessThanOrEqual(1 + switches.length);
  }
  expect(scores.filter((score) => isStale(score, switches, ROLLBACK_WITHIN_MS))).toEqual([]);
});
