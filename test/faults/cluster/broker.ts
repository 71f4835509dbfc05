import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerSettings, commonBrokerSettings } from '@scoreline/infra/local/broker-settings.ts';
import { type ChildProcess, startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { type BrokerSpec, prepareBroker } from '@scoreline/infra/local/kafka-broker.ts';
import { sendSignal } from '../crew/send-signal.ts';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts';

/** Ports of one broker. Clients know it by its proxy's; brokers and controllers reach each other without. */
export interface BrokerPorts {
  readonly id: number;
  readonly client: number;
  readonly internal: number;
  readonly controller: number;
}

/** One of several brokers, which can be ended in every way that a machine ends. */
export interface Broker {
  readonly id: number;
  readonly proxy: FaultyProxy;
  /** As a crash. */
  kill(): Promise<void>;
  /** In order: leaders move first. */
  stop(): Promise<void>;
  /** With its data; it answers some seconds later. */
  start(): Promise<void>;
  /** The process stands still, its connections stay. */
  suspend(): void;
  resume(): void;
  /** Process id; undefined while it doesn't run. */
  pid(): number | undefined;
  /** Whether it takes connections. */
  isListening(): Promise<boolean>;
  /** Whether it has ended by itself within the time. */
  hasEnded(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const HEAP_MB = 320;
const STOP_GRACE_MS = 30_000;
const CONNECT_WITHIN_MS = 1_000;

/** Starts a broker of `quorum` behind a proxy. */
export async function startBroker(
  ports: BrokerPorts,
  quorum: readonly BrokerPorts[],
  { folder, ...spec }: Pick<BrokerSpec, 'java' | 'dist' | 'clusterId' | 'jvm'> & { readonly folder: string },
): Promise<Broker> {
  const proxy = await startFaultyProxy({ hostname: '127.0.0.1', port: String(ports.client) });
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const command = await prepareBroker({
      ...spec,
      dataFolder: join(folder, `broker-${ports.id}`),
      logFile: join(folder, `broker-${ports.id}.log`),
      heapMb: HEAP_MB,
      properties: describeSettings(ports, proxy.port, quorum),
    });
    child = await startChildProcess(command);
  };
  const signal = (name: NodeJS.Signals): void => {
    if (child !== undefined) sendSignal(child.pid, name);
  };
  const stop = async (): Promise<void> => {
    await child?.stop(STOP_GRACE_MS);
    child = undefined;
  };
  await start();
  return {
    id: ports.id,
    proxy,
    start,
    stop,
    suspend: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    pid: () => child?.pid,
    isListening: () => takesConnections(ports.client),
    async hasEnded(withinMs) {
      if (child === undefined) return true;
      return Promise.race([child.exited.then(() => true), delay(withinMs, false, { ref: false })]);
    },
    async kill() {
      signal('SIGKILL');
      await stop();
    },
    async close() {
      await stop();
      await proxy.close();
    },
  };
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function describeSettings(
  { id, client, internal, controller }: BrokerPorts,
  advertised: number,
  quorum: readonly BrokerPorts[],
): BrokerSettings {
  const local = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': quorum.map((voter) => `${voter.id}@127.0.0.1:${voter.controller}`).join(','),
    listeners: [local('CLIENT', client), local('INTERNAL', internal), local('CONTROLLER', controller)].join(
      ',',
    ),
    'advertised.listeners': [local('CLIENT', advertised), local('INTERNAL', internal)].join(','),
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    ...commonBrokerSettings({ replicas: quorum.length, inSync: 2 }),
    'unclean.leader.election.enable': false,
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
    'replica.lag.time.max.ms': 6000,
  };
}
