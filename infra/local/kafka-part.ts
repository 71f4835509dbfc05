import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { type BrokerSettings, commonBrokerSettings } from './broker-settings.ts';
import { provideDist } from './dist.ts';
import type { StackHome } from './home.ts';
import { type BrokerJvm, newClusterId, prepareBroker } from './kafka-broker.ts';
import type { Part } from './part.ts';
import { findFreePorts } from './ports.ts';

/** What the parts in Java need to know to prepare themselves. */
export interface JavaPartContext {
  readonly home: StackHome;
  readonly java: string;
  readonly log: (line: string) => void;
}

const HEAP_MB: Readonly<Record<BrokerJvm, number>> = { light: 512, full: 1_024 };

/** One Kafka broker that is its own controller (KRaft), with replication and rebalance delays set for one machine. */
export function createKafkaPart(port: number, jvm: BrokerJvm, { home, java, log }: JavaPartContext): Part {
  const prepare: Part['prepare'] = async () => {
    const dist = await provideDist('kafka', home.dist, log);
    const [controllerPort = 0] = await findFreePorts(1);
    return prepareBroker({
      java,
      dist,
      dataFolder: join(home.data, 'kafka'),
      logFile: join(home.logs, 'kafka.log'),
      clusterId: newClusterId(),
      heapMb: HEAP_MB[jvm],
      jvm,
      properties: describeSettings(port, controllerPort),
    });
  };
  return { name: 'kafka', port, startDeadlineMs: 60_000, prepare };
}

/** Kafka's defaults are for servers of many cores: on two, each request wakes another of eight threads. */
const CORES = availableParallelism();
const IO_THREADS = Math.min(CORES, 8);
const NETWORK_THREADS = Math.min(Math.ceil(CORES / 2), 3);

function describeSettings(port: number, controllerPort: number): BrokerSettings {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...commonBrokerSettings(),
    'num.io.threads': IO_THREADS,
    'num.network.threads': NETWORK_THREADS,
    // A broker that was killed is let in again when its old session has ended: 9 s by default.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
  };
}
