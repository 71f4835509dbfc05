import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplayProgress, ReplaySummary } from '@scoreline/cli/replay/replay.ts';
import { runReplay } from '@scoreline/cli/replay/run-replay.ts';
import {
  type ServiceName,
  type ServiceProcess,
  startService,
} from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { onTestFinished } from 'vitest';
import type { IsolatedEnv } from '../support/isolated-env.ts';

export const BANK = join(import.meta.dirname, '../../data/bank');
export const MODELS = join(import.meta.dirname, '../../models');
/** Kept, for whoever looks into a failure; one folder for all runs. */
const LOGS = join(tmpdir(), 'scoreline-e2e-logs');

const PINNED = { MODEL: 'bank-leads@1.0.0', CANDIDATE: 'bank-leads@1.1.0' };

/** A real service process, ready; it is stopped when the test ends. */
export async function runService(
  name: ServiceName | 'rollout',
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

/** What a registration says of a package of this repository, whose models are the store. */
export function artifactOf(ref: VersionRef): { uri: string; manifest_sha256: string } {
  const uri = ref.replace('@', '/');
  const manifest = readFileSync(`${MODELS}/${uri}/manifest.json`);
  return { uri, manifest_sha256: createHash('sha256').update(manifest).digest('hex') };
}
