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

/** What has to be done about one topic, and a note for the log on each thing that is left as it is. */
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
  readonly notes: readonly string[];
}

const KEPT_FOR_EVER = '-1';
const STANDARD_PARTITIONS = 6;
/** Kafka's default for `max.message.bytes`. */
const STANDARD_MESSAGE_BYTES = 1_048_588;
/** Room for the headers that a dead letter has and its lead hadn't. */
const DEAD_LETTER_EXTRA_BYTES = 65_536;

/**
 * What makes the brokers' topics what `topics.ts` says: missing ones are created, partitions grow and never shrink.
 * Of a topic that is there, only settings that correctness needs are set; a retention that somebody chose stays, or
 * Kafka would delete what it was meant to keep. Outputs get as many partitions as the input has.
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
    if (there === undefined) return { topic, action: { kind: 'create', partitions, configs }, notes: [] };
    const differing = spec.owner === 'crm' ? [] : listDiffering(configs, there.configs);
    const enforced = differing.filter(([name]) => isEnforced(spec, name));
    const kept = differing.filter((entry) => !enforced.includes(entry));
    const asked = spec.partitions === 'input' ? wanted : spec.partitions;
    return {
      topic,
      action: {
        kind: 'adjust',
        growTo: partitions > there.partitions ? partitions : undefined,
        configs: Object.fromEntries(enforced),
      },
      notes: [
        ...describeShrinking(topic, there.partitions, asked),
        ...kept.map(
          ([name, value]) =>
            `${topic} keeps its ${name}=${there.configs.get(name)}: the standard is ${value}`,
        ),
      ],
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
function describeShrinking(topic: string, partitions: number, wanted: number): string[] {
  if (wanted === 0 || wanted >= partitions) return [];
  return [`${topic} keeps its ${partitions} partitions: ${wanted} were asked for, and a topic never shrinks`];
}

/** Limits of size are minimums: a topic that takes more differs in nothing. */
function listDiffering(
  wanted: Readonly<Record<string, string>>,
  there: ReadonlyMap<string, string>,
): [name: string, value: string][] {
  return Object.entries(wanted).filter(([name, value]) =>
    name === 'max.message.bytes' ? Number(there.get(name) ?? 0) < Number(value) : there.get(name) !== value,
  );
}

/** Retention is a wish, except of a topic that is kept for ever. */
function isEnforced({ configs }: TopicSpec, name: string): boolean {
  return !name.startsWith('retention.') || configs[name] === KEPT_FOR_EVER;
}
