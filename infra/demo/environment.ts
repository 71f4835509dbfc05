import { existsSync } from 'node:fs';
import { type StackHome, locateHome } from '../local/home.ts';
import { choosePorts, findFreePorts, type PartName, requireFreePort } from '../local/ports.ts';
import { removeData, type Stack, type StackPorts, startStack } from '../local/stack.ts';
import { isAlive, readState } from '../local/state-file.ts';
import { setUp } from '../setup/setup.ts';
import type { ServiceName } from './service-process.ts';

type Log = (line: string) => void;

/** Where a run keeps its data, and what it was given. */
export interface EnvironmentRequest {
  /** Of the run: goes before topics and database on parts that aren't its own. */
  readonly name: 'demo' | 'story';
  readonly home: StackHome;
  /** Parts named in it are used and not started. */
  readonly env: NodeJS.ProcessEnv;
}

/** A stack with nothing in it but what this run puts there. */
export interface DemoEnvironment {
  readonly stack: Stack;
  readonly logFolder: string;
  /** What services and tools get as their environment. */
  readonly env: NodeJS.ProcessEnv & Readonly<Record<(typeof NAMED)[number], string>>;
}

const NAMED = [
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'CLICKHOUSE_URL',
  'CLICKHOUSE_DATABASE',
  'TOPIC_PREFIX',
] as const;
const GIVEN: Readonly<Record<PartName, string>> = {
  kafka: 'KAFKA_BROKERS',
  registry: 'SCHEMA_REGISTRY_URL',
  clickhouse: 'CLICKHOUSE_URL',
};
const SERVICE_PORTS: Readonly<Record<ServiceName, number>> = { scorer: 9101, shadow: 9102, drift: 9103 };

/**
 * Starts the parts that the environment doesn't name, empty, and creates topics, schemas and tables. On parts of your
 * own, where other data may stand, the run gets a topic prefix and a database of its own instead.
 */
export async function startEnvironment(request: EnvironmentRequest, log: Log): Promise<DemoEnvironment> {
  const home = chooseHome(request, log);
  if (existsSync(home.root)) removeData(home);
  const stack = await startStack({
    home: home.root,
    ports: await chooseStackPorts(request.env, log),
    env: request.env,
    log,
    keepData: home.root === request.home.root,
  });
  try {
    const env = { ...request.env, ...stack.env, ...nameRun(request) };
    await setUp({ env, log: () => {} });
    log(
      `topics, schemas and tables … ready${env.TOPIC_PREFIX === '' ? '' : ` (prefix ${env.TOPIC_PREFIX})`}`,
    );
    return { stack, logFolder: home.logs, env };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The standard ports of the services where they are free, else free ones. */
export async function chooseServicePorts(log: Log): Promise<Readonly<Record<ServiceName, number>>> {
  const names = Object.keys(SERVICE_PORTS) as ServiceName[];
  const ports = { ...SERVICE_PORTS };
  for (const name of names) ports[name] = await freeOr(name, SERVICE_PORTS[name], log);
  return ports;
}

/** One run of a name at a time uses the usual folder; a second one beside it gets its own while it lasts. */
function chooseHome({ name, home: usual }: EnvironmentRequest, log: Log): StackHome {
  const owner = readState(usual.stateFile)?.owner;
  if (owner === undefined || !isAlive(owner)) return usual;
  const own = locateHome(`${usual.root}-${process.pid}`, { SCORELINE_DIST: usual.dist });
  log(`another ${name} runs in ${usual.root}: this one keeps its data in ${own.root} until it ends`);
  return own;
}

function nameRun({ name, env: given }: EnvironmentRequest): {
  TOPIC_PREFIX: string;
  CLICKHOUSE_DATABASE: string;
} {
  const isOutside = Object.values(GIVEN).some((variable) => given[variable]);
  const run = `${name}_${Date.now()}`;
  return {
    TOPIC_PREFIX: given['TOPIC_PREFIX'] || (isOutside ? `${run}.` : ''),
    CLICKHOUSE_DATABASE: given['CLICKHOUSE_DATABASE'] || (isOutside ? run : 'scoreline'),
  };
}

async function chooseStackPorts(env: NodeJS.ProcessEnv, log: Log): Promise<StackPorts> {
  const wanted = await choosePorts('default', env);
  const choose = (part: PartName): Promise<number> =>
    env[GIVEN[part]] ? Promise.resolve(wanted[part]) : freeOr(part, wanted[part], log);
  return {
    kafka: await choose('kafka'),
    registry: await choose('registry'),
    clickhouse: await choose('clickhouse'),
  };
}

async function freeOr(name: PartName | ServiceName, port: number, log: Log): Promise<number> {
  const isFree = await requireFreePort('kafka', port).then(
    () => true,
    () => false,
  );
  if (isFree) return port;
  const [other = 0] = await findFreePorts(1);
  log(`port ${port} is taken: ${name} uses ${other}`);
  return other;
}
