import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { provideDist } from './dist.ts';
import type { StackHome } from './home.ts';
import type { Part } from './part.ts';
import { findFreePorts } from './ports.ts';

const run = promisify(execFile);
const logging = fileURLToPath(new URL('log4j2.properties', import.meta.url));

/**
 * For a broker that lives for minutes beside what it serves: the optimising compiler and a concurrent collector
 * would take a good part of two cores just then (a lead's p95 at 300 a second was 77 ms with them, 31 without).
 */
const LIGHT_JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** What the parts in Java need to know to prepare themselves. */
export interface JavaPartContext {
  readonly home: StackHome;
  readonly java: string;
  readonly log: (line: string) => void;
}

/** One Kafka broker that is its own controller (KRaft), with replication and rebalance delays set for one machine. */
export function createKafkaPart(port: number, { home, java, log }: JavaPartContext): Part {
  const dataFolder = join(home.data, 'kafka');
  const prepare: Part['prepare'] = async () => {
    const dist = await provideDist('kafka', home.dist, log);
    const [controllerPort] = await findFreePorts(1);
    const properties = join(home.data, 'kafka.properties');
    mkdirSync(home.data, { recursive: true });
    writeFileSync(properties, renderProperties(port, controllerPort ?? 0, dataFolder));
    const jvm = ['-cp', join(dist, 'lib', '*'), `-Dlog4j2.configurationFile=${logging}`];
    if (!existsSync(join(dataFolder, 'meta.properties'))) await formatStorage(java, jvm, properties);
    return {
      program: java,
      args: [
        '-Xms256m',
        '-Xmx512m',
        '-XX:+ExitOnOutOfMemoryError',
        ...LIGHT_JVM,
        ...jvm,
        'kafka.Kafka',
        properties,
      ],
      logFile: join(home.logs, 'kafka.log'),
    };
  };
  return { name: 'kafka', port, startDeadlineMs: 60_000, prepare };
}

/** A new data folder's first metadata, as `kafka-storage.sh format` writes it. */
async function formatStorage(java: string, jvm: readonly string[], properties: string): Promise<void> {
  const clusterId = Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const quick = ['-Xmx128m', ...LIGHT_JVM];
  // With "=", since one id in 64 begins with a dash, and would be taken for an option.
  const format = ['format', '--ignore-formatted', `--cluster-id=${clusterId}`, '--config', properties];
  await run(java, [...quick, ...jvm, 'kafka.tools.StorageTool', ...format], { timeout: 60_000 });
}

function renderProperties(port: number, controllerPort: number, dataFolder: string): string {
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is let in again when its old session has ended: 9 s by default.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // The default of 128 MiB would be a quarter of the heap.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
