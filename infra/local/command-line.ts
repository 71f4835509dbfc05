import { parseArgs } from 'node:util';

import { locateHome, type StackHome } from './home.ts';
import { parsePort, PORT_SETTINGS, type PartName, type StackPorts } from './ports.ts';

/** What `npm run stack -- …` asks for. */
export interface StackCommand {
  readonly name: 'up' | 'down' | 'status' | 'reset';
  readonly home: StackHome;
  readonly ports: 'free' | Partial<StackPorts>;
  /** `up` returns once the stack is healthy, and leaves it running. */
  readonly detach: boolean;
}

export const USAGE = `usage: npm run stack -- COMMAND [OPTIONS]

commands
  up       start Kafka, schema registry and ClickHouse, and hold them until Ctrl-C
  down     end a stack that was started elsewhere
  status   each part's port, process and health
  reset    remove all data (not what was downloaded)

options
  --detach                  up: return when the stack is healthy; end it with down
  --home FOLDER             data folder (SCORELINE_HOME; .scoreline)
  --free-ports              up: take unused ports and say which
  --kafka-port PORT         (SCORELINE_KAFKA_PORT; 9092)
  --registry-port PORT      (SCORELINE_REGISTRY_PORT; 8081)
  --clickhouse-port PORT    (SCORELINE_CLICKHOUSE_PORT; 8123)`;

const COMMAND_NAMES = ['up', 'down', 'status', 'reset'] as const;

/** Reads the arguments; undefined where they don't name one command. Throws for options that don't exist. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): StackCommand | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      detach: { type: 'boolean' },
      home: { type: 'string' },
      'free-ports': { type: 'boolean' },
      'kafka-port': { type: 'string' },
      'registry-port': { type: 'string' },
      'clickhouse-port': { type: 'string' },
    },
  });
  const name = COMMAND_NAMES.find((candidate) => candidate === positionals[0]);
  if (name === undefined || positionals.length > 1) return undefined;
  const flags: Record<PartName, string | undefined> = {
    kafka: values['kafka-port'],
    registry: values['registry-port'],
    clickhouse: values['clickhouse-port'],
  };
  return {
    name,
    home: locateHome(values.home, env),
    ports: values['free-ports'] === true ? 'free' : readPorts(flags),
    detach: values.detach === true,
  };
}

function readPorts(flags: Readonly<Record<PartName, string | undefined>>): Partial<StackPorts> {
  const ports: Partial<Record<PartName, number>> = {};
  for (const part of ['kafka', 'registry', 'clickhouse'] as const) {
    const text = flags[part];
    if (text !== undefined) ports[part] = parsePort(text, PORT_SETTINGS[part].flag);
  }
  return ports;
}
