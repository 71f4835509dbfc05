import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTopics } from '@scoreline/infra/setup/create-topics.ts';
import { readSetupConfig } from '@scoreline/infra/setup/config.ts';
import { registerSchemas } from '@scoreline/infra/setup/register-schemas.ts';
import { type Cluster, startCluster } from './cluster/cluster.ts';
import { createMember, type Member } from './crew/crew.ts';
import type { MutantName } from './options.ts';
import { type Load, startLoad } from './crew/load.ts';

/** All that faults are done to. */
export interface World {
  readonly cluster: Cluster;
  readonly env: Readonly<Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'TOPIC_PREFIX', string>>;
  /** Two of each role; they run unless a fault has just ended them. */
  readonly scorers: readonly Member[];
  readonly shadows: readonly Member[];
  /** A third scorer, which runs only while a fault makes it. */
  readonly spare: Member;
  readonly load: Load;
  /** Logs and data; removed at a good end. */
  readonly folder: string;
  close(keep: boolean): Promise<void>;
}

export interface WorldOptions {
  readonly leadsPerSecond: number;
  readonly partitions: number;
  /** Breaks the crew's program so. */
  readonly mutant: MutantName | undefined;
}

/** A cluster with topics and schemas, two scorers and two shadows that are ready, and leads that keep coming. */
export async function openWorld(options: WorldOptions, log: (line: string) => void): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-faults-'));
  const cluster = await startCluster(folder, log);
  const env = { ...cluster.env, TOPIC_PREFIX: '' };
  await setUpTopics(env, options.partitions);
  const at = { env, folder, mutant: options.mutant };
  const scorers = [
    await createMember('scorer-a', 'scorer', at),
    await createMember('scorer-b', 'scorer', at),
  ];
  const shadows = [
    await createMember('shadow-a', 'shadow', at),
    await createMember('shadow-b', 'shadow', at),
  ];
  const spare = await createMember('scorer-c', 'scorer', at);
  const crew = [...scorers, ...shadows];
  await Promise.all(crew.map((member) => member.start()));
  await Promise.all(crew.map((member) => member.untilReady()));
  log(`crew … ${crew.map(({ name }) => name).join(', ')}`);
  const load = await startLoad(env, options.leadsPerSecond);
  return {
    cluster,
    env,
    scorers,
    shadows,
    spare,
    load,
    folder,
    async close(keep) {
      await load.stop();
      await Promise.all([...crew, spare].map((member) => member.stop()));
      await cluster.close();
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function setUpTopics(env: Readonly<Record<string, string>>, partitions: number): Promise<void> {
  const read = readSetupConfig({
    ...env,
    PARTITIONS: String(partitions),
    REPLICATION_FACTOR: '3',
    MIN_INSYNC_REPLICAS: '2',
  });
  if (!read.ok) throw new Error(read.problems.join('; '));
  await createTopics(read.config, () => {});
  await registerSchemas(read.config, () => {});
}
