import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import type { BenchContext } from '../context.ts';
import type { Drainer } from '../drain/drainer.ts';
import { createScorer } from '../drain/drainers.ts';
import { provideStreamsProgram } from './streams-program.ts';

/** Scoreline's scorer, and three ways to do without it. */
export const NEIGHBOURS = ['scorer', 'kafkajs script', 'platformatic script', 'Kafka Streams'] as const;
export type NeighbourName = (typeof NEIGHBOURS)[number];

/** Where to, and as which group, a backlog is drained before what is timed begins. */
export interface WarmUp {
  readonly output: string;
  readonly groupId: string;
}

export interface Neighbour extends Drainer {
  /** Absent where it starts cold. */
  readonly warmUp?: WarmUp | undefined;
}

const MODELS = join(import.meta.dirname, '../../models');
const MAIN_CLASS = 'ScoringStream';
/** Java's own choice of a heap would be a quarter of the machine. */
const JVM = ['-Xms512m', '-Xmx512m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];

/** A neighbour on the context's topics. It takes a warm-up where it is Java's, which is cold for longest. */
export function createNeighbour(name: NeighbourName, context: BenchContext, warmUp?: WarmUp): Neighbour {
  return FACTORIES[name](context, warmUp);
}

const FACTORIES: Readonly<Record<NeighbourName, (context: BenchContext, warmUp?: WarmUp) => Neighbour>> = {
  scorer: (context) => createScorer(context),
  'kafkajs script': (context) =>
    createScript(context, 'kafkajs-script', import.meta.resolve('./scripts/kafkajs-script.ts')),
  'platformatic script': (context) =>
    createScript(context, 'platformatic-script', import.meta.resolve('./scripts/platformatic-script.ts')),
  'Kafka Streams': createStreams,
};

function createScript(context: BenchContext, name: string, program: string): Drainer {
  const places = placesOf(context, name);
  return {
    ...places,
    start: () =>
      startChildProcess({
        program: process.execPath,
        args: [fileURLToPath(program), ...argumentsOf(context, places)],
        logFile: join(context.logFolder, `${places.groupId}.log`),
      }),
  };
}

function createStreams(context: BenchContext, warmUp?: WarmUp): Neighbour {
  const places = placesOf(context, 'streams');
  return {
    ...places,
    warmUp,
    async start() {
      const { java, classPath } = await provideStreamsProgram();
      const ofWarmUp = warmUp === undefined ? [] : [warmUp.output, warmUp.groupId];
      return startChildProcess({
        program: java,
        args: [...JVM, '-cp', classPath, MAIN_CLASS, ...argumentsOf(context, places), ...ofWarmUp],
        logFile: join(context.logFolder, `${places.groupId}.log`),
      });
    },
  };
}

type Places = Pick<Drainer, 'groupId' | 'output'>;

/**
 * A group of its own for each start, and so transactional ids: producers of @platformatic/kafka 2 were fenced where an
 * earlier process had had theirs.
 */
function placesOf({ prefix }: BenchContext, name: string): Places {
  return { groupId: `${prefix}${name}.${randomUUID().slice(0, 8)}`, output: `${prefix}lead-scores` };
}

/** What each of the three is told, in this order. */
function argumentsOf({ env, prefix, model }: BenchContext, { output, groupId }: Places): string[] {
  const packageFolder = join(MODELS, model.replace('@', '/'));
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = env;
  return [KAFKA_BROKERS, SCHEMA_REGISTRY_URL, `${prefix}lead-created`, output, groupId, packageFolder];
}
