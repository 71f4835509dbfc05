import { DEAD_LETTER_TOPIC, INPUT_TOPIC, TOPICS, type TopicSpec } from '../topics.ts';

/** A topic as it stands on the brokers; `configs` are the values in force, defaults included. */
export interface ExistingTopic {
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

export interface TopicSettings {
  /** Goes before every name. */
  readonly prefix: string;
  /** Of `lead-created`; undefined: what it has, and 6 where it isn't there yet. */
  readonly partitions: number | undefined;
  /** Set on our topics; undefined leaves it to the brokers. */
  readonly minInsyncReplicas: number | undefined;
}

/** What has to be done about one topic, and a note for the log where something is left as it is. */
export interface TopicPlan {
  readonly topic: string;
  readonly action:
    | {
        readonly kind: 'create';
        readonly partitions: number;
        readonly configs: Readonly<Record<string, string>>;
      }
    | {
        readonly kind: 'adjust';
        readonly growTo: number | undefined;
        readonly configs: Readonly<Record<string, string>>;
      };
  readonly note: string | undefined;
}

const STANDARD_PARTITIONS = 6;
/** Kafka's default for `max.message.bytes`. */
const STANDARD_MESSAGE_BYTES = 1_048_588;
/** Room for the headers that a dead letter has and its lead hadn't. */
const DEAD_LETTER_EXTRA_BYTES = 65_536;

/**
 * What makes the brokers' topics what `topics.ts` says: missing ones are created, partitions grow and never
 * shrink, differing settings are set, all others are left alone. Outputs get as many partitions as the input has.
 */
export function planTopics(
  existing: ReadonlyMap<string, ExistingTopic>,
  settings: TopicSettings,
): TopicPlan[] {
  const input = existing.get(settings.prefix + INPUT_TOPIC);
  const wanted = settings.partitions ?? (input === undefined ? STANDARD_PARTITIONS : 0);
  const inputPartitions = Math.max(wanted, input?.partitions ?? 0);
  const inputBytes = Number(input?.configs.get('max.message.bytes') ?? STANDARD_MESSAGE_BYTES);
  return TOPICS.map((spec) => {
    const topic = settings.prefix + spec.name;
    const partitions = spec.partitions === 'input' ? inputPartitions : spec.partitions;
    const configs = listConfigs(spec, inputBytes, settings);
    const there = existing.get(topic);
    if (there === undefined)
      return { topic, action: { kind: 'create', partitions, configs }, note: undefined };
    return {
      topic,
      action: {
        kind: 'adjust',
        growTo: partitions > there.partitions ? partitions : undefined,
        configs: spec.owner === 'crm' ? {} : pickDiffering(configs, there.configs),
      },
      note: describeShrinking(
        topic,
        there.partitions,
        spec.partitions === 'input' ? wanted : spec.partitions,
      ),
    };
  });
}

function listConfigs(spec: TopicSpec, inputBytes: number, settings: TopicSettings): Record<string, string> {
  const configs: Record<string, string> = { ...spec.configs };
  if (spec.name === DEAD_LETTER_TOPIC)
    configs['max.message.bytes'] = String(inputBytes + DEAD_LETTER_EXTRA_BYTES);
  if (settings.minInsyncReplicas !== undefined)
    configs['min.insync.replicas'] = String(settings.minInsyncReplicas);
  return configs;
}

/** `wanted`: 0 where nobody asked for a number. */
function describeShrinking(topic: string, partitions: number, wanted: number): string | undefined {
  if (wanted === 0 || wanted >= partitions) return undefined;
  return `${topic} keeps its ${partitions} partitions: ${wanted} were asked for, and a topic never shrinks`;
}

function pickDiffering(
  wanted: Readonly<Record<string, string>>,
  there: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => there.get(name) !== value));
}
