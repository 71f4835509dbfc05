import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerJvm } from '@scoreline/infra/local/kafka-broker.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { type ClickHouse, startClickHouse } from './cluster/clickhouse.ts';
import { type Cluster, registryUrl, startCluster } from './cluster/cluster.ts';
import { createMember, type CrewRole, type Member } from './crew/crew.ts';
import { type Load, startLoad } from './crew/load.ts';
import type { WorldEnv } from './world-env.ts';
import { copyModels, type ModelSwitch, openModelSwitch } from './crew/model-switch.ts';
import type { MutantName } from './options.ts';

/** What streams run on; several may, one after the other. */
export interface Ground {
  readonly cluster: Cluster;
  readonly clickHouse: ClickHouse;
  /** Logs and data; removed at a good end. */
  readonly folder: string;
  close(keep: boolean): Promise<void>;
}

/** All that faults are done to. */
export interface World extends Omit<Ground, 'close'> {
  readonly env: WorldEnv;
  /** Two of each role; they run unless a fault has just ended them. */
  readonly scorers: readonly Member[];
  readonly shadows: readonly Member[];
  readonly drifts: readonly Member[];
  /** A third scorer, which runs only while a fault makes it. */
  readonly spare: Member;
  readonly load: Load;
  readonly models: ModelSwitch;
  /** Ends the load and the crew. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly leadsPerSecond: number;
  readonly partitions: number;
  /** Breaks the crew's program so. */
  readonly mutant: MutantName | undefined;
  /** TOPIC_PREFIX, and the database with a dash of it: a stream's own corner of the ground. */
  readonly prefix: string;
}

/** Three brokers, a registry and ClickHouse with nothing in them. */
export async function startGround(log: (line: string) => void, jvm: BrokerJvm = 'light'): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-faults-'));
  const cluster = await startCluster(folder, jvm, log);
  const clickHouse = await startClickHouse(folder, log);
  return {
    cluster,
    clickHouse,
    folder,
    async close(keep) {
      await Promise.all([cluster.close(), clickHouse.close()]);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Topics, schemas and tables, two of each service that are ready, and leads that keep coming. */
export async function openWorld(
  ground: Ground,
  options: WorldOptions,
  log: (line: string) => void,
): Promise<World> {
  const { cluster, clickHouse, folder } = ground;
  const { mutant, prefix, partitions } = options;
  const env: WorldEnv = {
    ...cluster.env,
    CLICKHOUSE_URL: `http://127.0.0.1:${clickHouse.proxy.port}`,
    CLICKHOUSE_DATABASE: `faults_${prefix.replaceAll(/[.-]/g, '_')}`,
    MODELS_DIR: await copyModels(folder),
    TOPIC_PREFIX: prefix,
  };
  await setUpStream(env, partitions);
  const models = await openModelSwitch(env);
  const ofShadows = { ...env, SCHEMA_REGISTRY_URL: registryUrl(cluster.shadowRegistryProxy) };
  const recruit = (letter: string, role: CrewRole): Promise<Member> =>
    createMember(`${prefix}${role}-${letter}`, role, {
      env: role === 'shadow' ? ofShadows : env,
      folder,
      mutant,
    });
  const pair = async (role: CrewRole): Promise<Member[]> => [
    await recruit('a', role),
    await recruit('b', role),
  ];
  const [scorers, shadows, drifts] = [await pair('scorer'), await pair('shadow'), await pair('drift')];
  const spare = await recruit('c', 'scorer');
  const crew = [...scorers, ...shadows, ...drifts];
  await Promise.all(crew.map((member) => member.start()));
  await Promise.all(crew.map((member) => member.untilReady()));
  log(`crew … ${crew.map(({ name }) => name).join(', ')}`);
  const load = await startLoad(env, options.leadsPerSecond);
  return {
    ...ground,
    env,
    scorers,
    shadows,
    drifts,
    spare,
    load,
    models,
    async close() {
      await load.stop();
      await Promise.all([...crew, spare].map((member) => member.stop()));
    },
  };
}

async function setUpStream(env: WorldEnv, partitions: number): Promise<void> {
  const replicas = { REPLICATION_FACTOR: '3', MIN_INSYNC_REPLICAS: '2' };
  await setUp({ env: { ...env, PARTITIONS: String(partitions), ...replicas }, log: () => {} });
}
