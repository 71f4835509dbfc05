import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrokerSettings, commonBrokerSettings } from '@scoreline/infra/local/broker-settings.ts';
import { type ChildProcess, startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { provideDist } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';
import { newClusterId, prepareBroker } from '@scoreline/infra/local/kafka-broker.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { sendSignal } from '../faults/crew/send-signal.ts';

/** A broker that is the controller too, and holds all that Kafka keeps for itself; a second one that comes and goes. */
export interface TwoBrokers {
  /** host:port of the first. */
  readonly address: string;
  readonly secondId: number;
  /** With its data, where it had some. */
  startSecond(): Promise<void>;
  killSecond(): Promise<void>;
  stop(): Promise<void>;
}

const HEAP_MB = 320;
const SECOND_ID = 2;

/** Starts the first; it answers some seconds later. */
export async function startTwoBrokers(): Promise<TwoBrokers> {
  const java = await findJava(process.env);
  const dist = await provideDist('kafka', locateHome(undefined, process.env).dist, () => {});
  const folder = mkdtempSync(join(tmpdir(), 'scoreline-brokers-'));
  const [first = 0, second = 0, controller = 0] = await findFreePorts(3);
  const clusterId = newClusterId();
  const start = async (id: number, own: BrokerSettings): Promise<ChildProcess> =>
    startChildProcess(
      await prepareBroker({
        java,
        dist,
        clusterId,
        dataFolder: join(folder, `broker-${id}`),
        logFile: join(folder, `broker-${id}.log`),
        heapMb: HEAP_MB,
        properties: { ...describeSettings(id, controller), ...own },
      }),
    );
  const forClients = (port: number): string => `PLAINTEXT://127.0.0.1:${port}`;
  const broker = await start(1, {
    'process.roles': 'broker,controller',
    listeners: `${forClients(first)},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': forClients(first),
  });
  let guest: ChildProcess | undefined;
  const endGuest = async (signal: NodeJS.Signals): Promise<void> => {
    if (guest !== undefined) sendSignal(guest.pid, signal);
    await guest?.stop();
    guest = undefined;
  };
  return {
    address: `127.0.0.1:${first}`,
    secondId: SECOND_ID,
    async startSecond() {
      guest = await start(SECOND_ID, { 'process.roles': 'broker', listeners: forClients(second) });
    },
    killSecond: () => endGuest('SIGKILL'),
    async stop() {
      await endGuest('SIGKILL');
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function describeSettings(id: number, controller: number): BrokerSettings {
  return {
    'node.id': id,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...commonBrokerSettings({ partitions: 2 }),
    // That one which was killed is known to be away soon.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
  };
}
