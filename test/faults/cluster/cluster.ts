import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provideDist } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';
import { type BrokerJvm, newClusterId } from '@scoreline/infra/local/kafka-broker.ts';
import { startPart } from '@scoreline/infra/local/part.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryPart } from '@scoreline/infra/local/registry-part.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { until } from '../../support/until.ts';
import { type Broker, startBroker } from './broker.ts';

/** Three brokers (KRaft; replication 3, two of them in sync to be written to) and a registry, each behind a proxy. */
export interface Cluster {
  readonly brokers: readonly Broker[];
  readonly registryProxy: FaultyProxy;
  /** The shadows' own way to the registry. */
  readonly shadowRegistryProxy: FaultyProxy;
  readonly env: Readonly<Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL', string>>;
  /** Runs one of Kafka's own command-line tools, by its class. */
  runTool(name: string, args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const run = promisify(execFile);
const TOOL_TIMEOUT_MS = 60_000;

const BROKERS = 3;
const START_DEADLINE_MS = 60_000;

/** Starts it with nothing in it; all that it keeps is in `folder`. */
export async function startCluster(
  folder: string,
  jvm: BrokerJvm,
  log: (line: string) => void,
): Promise<Cluster> {
  const java = await findJava(process.env);
  const home = { ...locateHome(undefined, process.env), root: folder, data: folder, logs: folder };
  const dist = await provideDist('kafka', home.dist, log);
  const ports = await findFreePorts(BROKERS * 3 + 1);
  const [registryPort = 0] = ports.slice(BROKERS * 3);
  const quorum = Array.from({ length: BROKERS }, (_, i) => {
    const [client = 0, internal = 0, controller = 0] = ports.slice(i * 3);
    return { id: i + 1, client, internal, controller };
  });
  const spec = { java, dist, clusterId: newClusterId(), jvm, folder };
  const brokers = await Promise.all(quorum.map((broker) => startBroker(broker, quorum, spec)));
  const proxied = brokers.map(({ proxy }) => `127.0.0.1:${proxy.port}`).join(',');
  await until(() => answers(proxied), START_DEADLINE_MS, 'the brokers did not answer');
  log(`kafka … ${BROKERS} brokers`);
  const direct = quorum.map(({ internal }) => `127.0.0.1:${internal}`).join(',');
  const registry = await startPart(createRegistryPart(registryPort, direct, { home, java, log }), log);
  const target = { hostname: '127.0.0.1', port: String(registryPort) };
  const registryProxy = await startFaultyProxy(target);
  const shadowRegistryProxy = await startFaultyProxy(target);
  return {
    brokers,
    registryProxy,
    shadowRegistryProxy,
    env: { KAFKA_BROKERS: proxied, SCHEMA_REGISTRY_URL: registryUrl(registryProxy) },
    async runTool(name, args) {
      const program = ['-Xmx128m', '-cp', join(dist, 'lib', '*'), `org.apache.kafka.tools.${name}`];
      await run(java, [...program, ...args], { timeout: TOOL_TIMEOUT_MS });
    },
    async close() {
      await registry.stop();
      await Promise.all([registryProxy.close(), shadowRegistryProxy.close()]);
      await Promise.all(brokers.map((broker) => broker.close()));
    },
  };
}

/** As the registry's clients are told it. */
export function registryUrl({ port }: FaultyProxy): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

async function answers(brokers: string): Promise<boolean> {
  try {
    const admin = await openTopicAdmin({ brokers: brokers.split(','), clientId: 'faults' }, () => {});
    await admin.describeTopics([]);
    await admin.close();
    return true;
  } catch {
    return false;
  }
}
