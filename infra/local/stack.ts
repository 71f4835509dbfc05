import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';

import { REGISTRY_PATH } from './check-health.ts';
import { createClickHousePart } from './clickhouse-part.ts';
import { locateHome, type StackHome } from './home.ts';
import { findJava } from './java.ts';
import type { BrokerJvm } from './kafka-broker.ts';
import { createKafkaPart } from './kafka-part.ts';
import { startPart, type Part } from './part.ts';
import { choosePorts, requireFreePort, type PartName, type StackPorts } from './ports.ts';
import { createRegistryPart } from './registry-part.ts';
import { createRoster } from './roster.ts';
import { claimHome, releaseHome } from './state-file.ts';

export type { StackPorts } from './ports.ts';

export interface StackOptions {
  /** Data folder; `SCORELINE_HOME` or `<repository>/.scoreline` by default. One stack at a time uses it. */
  readonly home?: string;
  /** Default: what the environment says, else 9092, 8081, 8123. 'free': unused ones. */
  readonly ports?: 'default' | 'free' | Partial<StackPorts>;
  readonly log?: (line: string) => void;
  /** Parts given by KAFKA_BROKERS, SCHEMA_REGISTRY_URL or CLICKHOUSE_URL are used as they are and not started. */
  readonly env?: NodeJS.ProcessEnv;
  /** False: data and logs are removed after `stop()`. */
  readonly keepData?: boolean;
  /** How the broker's Java works; default: light. */
  readonly brokerJvm?: BrokerJvm;
}

/** What services need to find the stack, as environment variables. */
export type StackEnv = Readonly<
  Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'CLICKHOUSE_URL' | 'CLICKHOUSE_DATABASE', string>
>;

/** A running stack. */
export interface Stack {
  readonly env: StackEnv;
  /** Process ids of the parts started here, by part: the broker's own, not a wrapper's. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends the parts in order, registry before Kafka; further calls wait for the same. */
  stop(): Promise<void>;
  /** Settles, with which part and how, when one ends that wasn't asked to; the rest is stopped then. */
  readonly failed: Promise<Error>;
  /** Takes one part away, as an outage does: 'SIGKILL' as a crash, 'SIGTERM' in order. `failed` isn't touched. */
  stopPart(name: PartName, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Brings a part back on its port, with its data. */
  startPart(name: PartName): Promise<void>;
}

/** What is settled before anything starts. */
interface StackPlan {
  readonly home: StackHome;
  readonly ports: StackPorts;
  /** Parts that somebody else runs, and where. */
  readonly given: Readonly<Partial<Record<PartName, string>>>;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly brokerJvm: BrokerJvm;
}

/**
 * Starts Kafka, the schema registry and ClickHouse as far as the environment doesn't name them, and returns once
 * all are healthy. Throws with what to do when a JDK, Maven or a port is missing or a part doesn't get healthy;
 * nothing is left running then.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const env = options.env ?? process.env;
  const home = locateHome(options.home, env);
  const ports = await choosePorts(options.ports ?? 'default', env);
  const { log = () => {}, brokerJvm = 'light' } = options;
  const plan: StackPlan = { home, ports, given: readGiven(env), env, log, brokerJvm };
  mkdirSync(home.root, { recursive: true });
  await claimHome(home.stateFile);
  const roster = createRoster(home.stateFile);
  const stop = once(async () => {
    await roster.stopAll();
    releaseHome(home.stateFile);
    if (options.keepData === false) removeData(home);
  });
  const start = async (name: PartName): Promise<void> => {
    const where = plan.given[name];
    if (where === undefined) roster.add(await startPart(await createPart(plan, name), plan.log));
    else plan.log(`${name} … given: ${where}`);
  };

  try {
    await requireFreePorts(plan);
    await startInOrder(start);
  } catch (error) {
    await stop();
    throw error;
  }
  void roster.failed.then(stop);
  return {
    env: describeEnv(plan),
    get pids() {
      return roster.listPids();
    },
    stop,
    failed: roster.failed,
    stopPart: (name, signal = 'SIGTERM') => roster.stopOne(name, signal),
    startPart: start,
  };
}

async function requireFreePorts({ given, ports }: StackPlan): Promise<void> {
  for (const name of ['kafka', 'registry', 'clickhouse'] as const)
    if (given[name] === undefined) await requireFreePort(name, ports[name]);
}

async function createPart(plan: StackPlan, name: PartName): Promise<Part> {
  const { home, ports, given, env, log, brokerJvm } = plan;
  if (name === 'clickhouse') return createClickHousePart(ports.clickhouse, home);
  const context = { home, java: await findJava(env), log };
  if (name === 'kafka') return createKafkaPart(ports.kafka, brokerJvm, context);
  return createRegistryPart(ports.registry, given.kafka ?? `127.0.0.1:${ports.kafka}`, context);
}

function describeEnv({ given, ports, env }: StackPlan): StackEnv {
  return {
    KAFKA_BROKERS: given.kafka ?? `127.0.0.1:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: given.registry ?? `http://127.0.0.1:${ports.registry}${REGISTRY_PATH}`,
    CLICKHOUSE_URL: given.clickhouse ?? `http://127.0.0.1:${ports.clickhouse}`,
    CLICKHOUSE_DATABASE: env['CLICKHOUSE_DATABASE'] || 'scoreline',
  };
}

/** The registry keeps its schemas in Kafka, so it comes after; ClickHouse needs neither. Waits for both ways to end. */
async function startInOrder(start: (name: PartName) => Promise<void>): Promise<void> {
  const ways = [start('kafka').then(() => start('registry')), start('clickhouse')];
  const problems = (await Promise.allSettled(ways)).filter((outcome) => outcome.status === 'rejected');
  if (problems.length > 0)
    throw new Error(problems.map(({ reason }) => (reason as Error).message).join('\n'));
}

function readGiven(env: NodeJS.ProcessEnv): Partial<Record<PartName, string>> {
  const given: Partial<Record<PartName, string>> = {};
  if (env['KAFKA_BROKERS']) given.kafka = env['KAFKA_BROKERS'];
  if (env['SCHEMA_REGISTRY_URL']) given.registry = env['SCHEMA_REGISTRY_URL'];
  if (env['CLICKHOUSE_URL']) given.clickhouse = env['CLICKHOUSE_URL'];
  return given;
}

/** Removes what a stack keeps in its home, never what it downloaded; the home too, where nothing else is in it. */
export function removeData(home: StackHome): void {
  for (const folder of [home.data, home.logs]) rmSync(folder, { recursive: true, force: true });
  if (readdirSync(home.root).length === 0) rmdirSync(home.root);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => (started ??= work());
}
