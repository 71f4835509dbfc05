import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayProgress, ReplaySummary } from '@scoreline/cli/replay/replay.ts';
import { runReplay } from '@scoreline/cli/replay/run-replay.ts';
import {
  type ServiceName,
  type ServiceProcess,
  startService,
} from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { onTestFinished } from 'vitest';
import { judgeScores, type JudgeRequest, type Verdict } from '../judge/judge-scores.ts';
import type { IsolatedEnv } from '../support/isolated-env.ts';

export const BANK = join(import.meta.dirname, '../../data/bank');
export const MODELS = join(import.meta.dirname, '../../models');
const LOGS = mkdtempSync(join(tmpdir(), 'scoreline-e2e-'));
const POLL_MS = 200;

const PINNED = { MODEL: 'bank-leads@1.0.0', CANDIDATE: 'bank-leads@1.1.0' };

/** A real service process, ready; it is stopped when the test ends. */
export async function runService(
  name: ServiceName,
  env: IsolatedEnv,
  models: Readonly<Record<string, string>> = PINNED,
): Promise<ServiceProcess> {
  const [port = 0] = await findFreePorts(1);
  const service = await startService(name, {
    env: { ...process.env, ...env, ...models },
    port,
    logFolder: LOGS,
  });
  onTestFinished(() => service.stop());
  await service.untilReady();
  return service;
}

/** Replays the first rows of the bank's history; rate 0: as fast as it goes. */
export function replayBank(
  env: IsolatedEnv,
  limit: number,
  rate = 0,
  onProgress: (progress: ReplayProgress) => void = () => {},
): Promise<ReplaySummary> {
  const config = {
    KAFKA_BROKERS: [env.KAFKA_BROKERS],
    SCHEMA_REGISTRY_URL: env.SCHEMA_REGISTRY_URL,
    TOPIC_PREFIX: env.TOPIC_PREFIX,
  };
  return runReplay(config, {
    file: join(BANK, 'bank-additional-full.csv.gz'),
    mapFile: join(BANK, 'replay.json'),
    withOutcomes: true,
    strict: true,
    rate,
    limit,
    signal: new AbortController().signal,
    onRefused: () => {},
    onProgress,
    onWarning: () => {},
  });
}

/** Waits until a group has committed everything on lead-created. */
export async function untilGroupHasRead(env: IsolatedEnv, group: string, timeoutMs = 90_000): Promise<void> {
  const progress = await openGroupProgress({ brokers: [env.KAFKA_BROKERS], clientId: 'e2e' }, () => {});
  try {
    const topic = `${env.TOPIC_PREFIX}lead-created`;
    await until(async () => (await progress.readLag(env.TOPIC_PREFIX + group, topic)) === 0, timeoutMs);
  } finally {
    await progress.close();
  }
}

/** Polls until `isSo`, or throws. */
export async function until(isSo: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`it was not so within ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
}

/** The independent reader's verdict on a corner of the stack. */
export function judge(
  env: IsolatedEnv,
  more: Pick<JudgeRequest, 'onScore' | 'onDeadLetter'> & { readonly withShadow?: boolean } = {},
): Promise<Verdict> {
  const { withShadow = false, ...listeners } = more;
  const production = { topic: `${env.TOPIC_PREFIX}lead-scores`, role: 'production' } as const;
  const shadow = { topic: `${env.TOPIC_PREFIX}lead-shadow-scores`, role: 'shadow' } as const;
  return judgeScores({
    brokers: env.KAFKA_BROKERS,
    registryUrl: env.SCHEMA_REGISTRY_URL,
    leadTopic: `${env.TOPIC_PREFIX}lead-created`,
    deadLetterTopic: `${env.TOPIC_PREFIX}lead-created.dlq`,
    scoreTopics: withShadow ? [production, shadow] : [production],
    ...listeners,
  });
}

/** What a topic's verdict is when each of `scores` leads was scored exactly once, in its place, in order. */
export function exactlyOnce(topic: string, scores: number, deadLetters = 0): object {
  const faults = { duplicates: 0, lost: 0, foreign: 0, misplaced: 0, outOfOrder: 0, contradicted: 0 };
  return { topic, scores, deadLetters, ...faults };
}
