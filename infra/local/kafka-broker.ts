import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { BrokerSettings } from './broker-settings.ts';
import type { Command } from './child-process.ts';
import { LIGHT_JVM } from './java.ts';

const run = promisify(execFile);
const logging = fileURLToPath(new URL('log4j2.properties', import.meta.url));

/**
 * `light`, for a broker that lives for minutes beside what it serves: the optimising compiler and a concurrent
 * collector would take a good part of two cores just then (a lead's p95 at 300 a second was 77 ms with them, 31
 * without). `full`, as in production: what Java chooses itself, which after minutes of load is several times faster.
 */
export type BrokerJvm = 'light' | 'full';

const JVM_FLAGS: Readonly<Record<BrokerJvm, readonly string[]>> = { light: LIGHT_JVM, full: [] };

/** One broker that is a controller too (KRaft). */
export interface BrokerSpec {
  readonly java: string;
  /** Folder with Kafka's jars in `lib`. */
  readonly dist: string;
  readonly dataFolder: string;
  readonly logFile: string;
  /** The same for all brokers of a cluster. */
  readonly clusterId: string;
  readonly heapMb: number;
  /** Default: light. */
  readonly jvm?: BrokerJvm;
  /** `server.properties`, but for `log.dirs`. */
  readonly properties: BrokerSettings;
  /** Who is let in by SCRAM, of either length, from the first start on: password by name. */
  readonly scramUsers?: Readonly<Record<string, string>>;
}

/** Writes a broker's settings, formats its data folder the first time, and says what to run. */
export async function prepareBroker(spec: BrokerSpec): Promise<Command> {
  const { java, dist, dataFolder, heapMb, jvm: kind = 'light' } = spec;
  const properties = `${dataFolder}.properties`;
  mkdirSync(dirname(dataFolder), { recursive: true });
  const settings = Object.entries({ ...spec.properties, 'log.dirs': dataFolder });
  writeFileSync(properties, settings.map(([key, value]) => `${key}=${value}\n`).join(''));
  const jvm = ['-cp', join(dist, 'lib', '*'), `-Dlog4j2.configurationFile=${logging}`];
  if (!existsSync(join(dataFolder, 'meta.properties'))) await formatStorage(spec, jvm, properties);
  const heap = [`-Xms${Math.ceil(heapMb / 2)}m`, `-Xmx${heapMb}m`, '-XX:+ExitOnOutOfMemoryError'];
  return {
    program: java,
    args: [...heap, ...JVM_FLAGS[kind], ...jvm, 'kafka.Kafka', properties],
    logFile: spec.logFile,
  };
}

/** An id as `kafka-storage.sh random-uuid` gives. */
export function newClusterId(): string {
  return Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

/** A new data folder's first metadata, as `kafka-storage.sh format` writes it. */
async function formatStorage(
  { java, clusterId, scramUsers = {} }: BrokerSpec,
  jvm: readonly string[],
  properties: string,
): Promise<void> {
  const quick = ['-Xmx128m', ...JVM_FLAGS.light];
  // With "=", since one id in 64 begins with a dash, and would be taken for an option.
  const format = ['format', '--ignore-formatted', `--cluster-id=${clusterId}`, '--config', properties];
  const users = Object.entries(scramUsers).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
      (mechanism) => `--add-scram=${mechanism}=[name=${name},password=${password}]`,
    ),
  );
  await run(java, [...quick, ...jvm, 'kafka.tools.StorageTool', ...format, ...users], { timeout: 60_000 });
}
