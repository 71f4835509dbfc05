import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** TCP ports on 127.0.0.1 that the parts listen on. */
export interface StackPorts {
  readonly kafka: number;
  readonly registry: number;
  readonly clickhouse: number;
}

export type PartName = keyof StackPorts;

const STANDARD_PORTS: StackPorts = { kafka: 9092, registry: 8081, clickhouse: 8123 };

/** The environment variable and the flag of `npm run stack` that move a part to another port. */
export const PORT_SETTINGS: Readonly<Record<PartName, { variable: string; flag: string }>> = {
  kafka: { variable: 'SCORELINE_KAFKA_PORT', flag: '--kafka-port' },
  registry: { variable: 'SCORELINE_REGISTRY_PORT', flag: '--registry-port' },
  clickhouse: { variable: 'SCORELINE_CLICKHOUSE_PORT', flag: '--clickhouse-port' },
};

/**
 * The ports to use: `'free'` asks the system for unused ones; otherwise what is named, then what the
 * environment says, then 9092, 8081 and 8123.
 */
export async function choosePorts(
  wanted: 'default' | 'free' | Partial<StackPorts>,
  env: NodeJS.ProcessEnv,
): Promise<StackPorts> {
  if (wanted === 'free') {
    const [kafka, registry, clickhouse] = await findFreePorts(3);
    return { kafka: kafka ?? 0, registry: registry ?? 0, clickhouse: clickhouse ?? 0 };
  }
  const named: Partial<StackPorts> = wanted === 'default' ? {} : wanted;
  const choose = (part: PartName): number => named[part] ?? readPort(part, env) ?? STANDARD_PORTS[part];
  return { kafka: choose('kafka'), registry: choose('registry'), clickhouse: choose('clickhouse') };
}

/**
 * As many different unused ports as asked for. From 20,000 to 31,999: the system gives outgoing connections
 * higher ones, and one of those could take a port in the seconds before its part listens.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  // Held until all are found, so that none is given twice.
  while (servers.length < count) {
    const port = randomInt(20_000, 32_000);
    await listen(port).then((server) => servers.push(server), skipTaken);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function skipTaken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EADDRINUSE') throw error;
}

/** Throws, with what to change, when something listens on the port that a part needs. */
export async function requireFreePort(part: PartName, port: number): Promise<void> {
  try {
    const server = await listen(port);
    await new Promise((closed) => server.close(closed));
  } catch (error) {
    const { variable, flag } = PORT_SETTINGS[part];
    throw new Error(
      `port ${port} on 127.0.0.1, which ${part} needs, can't be used (${(error as NodeJS.ErrnoException).code}): ` +
        `stop what listens there, or choose another port with ${variable} or ${flag}`,
      { cause: error },
    );
  }
}

/** A port as a number; throws, naming `source`, for anything but 1 to 65535. */
export function parsePort(text: string, source: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${source}=${text} is not a port: give a number from 1 to 65535`);
}

function readPort(part: PartName, env: NodeJS.ProcessEnv): number | undefined {
  const { variable } = PORT_SETTINGS[part];
  const text = env[variable];
  return text ? parsePort(text, variable) : undefined;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
