import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '@scoreline/core/contracts/policy.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { type ClickHouse, startClickHouse } from './cluster/clickhouse.ts';
import { type Cluster, registryUrl, startCluster } from './cluster/cluster.ts';
import { createMember, type CrewRole, type Member } from './crew/crew.ts';
import { type Load, startLoad } from './crew/load.ts';
import type { MutantName } from './options.ts';

/** All that faults are done to. */
export interface World {
  readonly cluster: Cluster;
  readonly clickHouse: ClickHouse;
  readonly env: WorldEnv;
  /** Two of each role; they run unless a fault has just ended them. */
  readonly scorers: readonly Member[];
  readonly shadows: readonly Member[];
  readonly drifts: readonly Member[];
  /** A third scorer, which runs only while a fault makes it. */
  readonly spare: Member;
  readonly load: Load;
  /** Logs and data; removed at a good end. */
  readonly folder: string;
  /** Another member, which doesn't run yet. */
  recruit(name: string, role: CrewRole): Promise<Member>;
  close(keep: boolean): Promise<void>;
}

/** What every member's environment says; ClickHouse by its proxy. */
export type WorldEnv = Readonly<
  Record<
    | 'KAFKA_BROKERS'
    | 'SCHEMA_REGISTRY_URL'
    | 'CLICKHOUSE_URL'
    | 'CLICKHOUSE_DATABASE'
    | 'MODELS_DIR'
    | 'TOPIC_PREFIX',
    string
  >
>;

export interface WorldOptions {
  readonly leadsPerSecond: number;
  readonly partitions: number;
  /** Breaks the crew's program so. */
  readonly mutant: MutantName | undefined;
}

/** Drift's. */
export const DATABASE = 'scoreline';
const MODELS = join(import.meta.dirname, '../../models');
/** Short ones: some hundred close in a run. */
const WINDOWS: Policy['windows'] = { base: 'PT1H', sizes: ['PT1H', 'P1D'] };

/** A cluster with topics, schemas and tables, two of each service that are ready, and leads that keep coming. */
export async function openWorld(options: WorldOptions, log: (line: string) => void): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-faults-'));
  const cluster = await startCluster(folder, log);
  const clickHouse = await startClickHouse(folder, log);
  const env: WorldEnv = {
    ...cluster.env,
    CLICKHOUSE_URL: `http://127.0.0.1:${clickHouse.proxy.port}`,
    CLICKHOUSE_DATABASE: DATABASE,
    MODELS_DIR: await copyModels(folder),
    TOPIC_PREFIX: '',
  };
  await setUpStream(env, options.partitions);
  const ofShadows = { ...env, SCHEMA_REGISTRY_URL: registryUrl(cluster.shadowRegistryProxy) };
  const recruit = (name: string, role: CrewRole): Promise<Member> =>
    createMember(name, role, {
      env: role === 'shadow' ? ofShadows : env,
      folder,
      mutant: options.mutant,
    });
  const pair = async (role: CrewRole): Promise<Member[]> => [
    await recruit(`${role}-a`, role),
    await recruit(`${role}-b`, role),
  ];
  const [scorers, shadows, drifts] = [await pair('scorer'), await pair('shadow'), await pair('drift')];
  const spare = await recruit('scorer-c', 'scorer');
  const crew = [...scorers, ...shadows, ...drifts];
  await Promise.all(crew.map((member) => member.start()));
  await Promise.all(crew.map((member) => member.untilReady()));
  log(`crew … ${crew.map(({ name }) => name).join(', ')}`);
  const load = await startLoad(env, options.leadsPerSecond);
  return {
    cluster,
    clickHouse,
    env,
    scorers,
    shadows,
    drifts,
    spare,
    load,
    folder,
    recruit,
    async close(keep) {
      await load.stop();
      await Promise.all([...crew, spare].map((member) => member.stop()));
      await Promise.all([cluster.close(), clickHouse.close()]);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The bank's packages with a policy of short windows. */
async function copyModels(folder: string): Promise<string> {
  const models = join(folder, 'models');
  await cp(join(MODELS, 'bank-leads'), join(models, 'bank-leads'), { recursive: true });
  const file = join(models, 'bank-leads', 'policy.json');
  const policy = JSON.parse(await readFile(file, 'utf8')) as Policy;
  const { performance: _measured, ...rest } = policy;
  await writeFile(file, JSON.stringify({ ...rest, windows: WINDOWS }));
  return models;
}

async function setUpStream(env: WorldEnv, partitions: number): Promise<void> {
  const replicas = { REPLICATION_FACTOR: '3', MIN_INSYNC_REPLICAS: '2' };
  await setUp({ env: { ...env, PARTITIONS: String(partitions), ...replicas }, log: () => {} });
}
