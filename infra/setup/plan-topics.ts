import { deadLetterTopic, inputTopic, topics, type TopicSpec } from '../topics.ts';

/** A topic as it stands on the brokers; `configs` are the values in force, defaults included. */
export interface ExistingTopic {
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

export interface TopicSettings {
  /** Goes before every name. */
  readonly prefix: string;
  /** For a `lead-created` that isn't there yet. */
  readonly partitions: number;
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

/** Kafka's default for `max.message.bytes`. */
const standardMessageBytes = 1_048_588;
/** Room for the headers that a dead letter has and its lead hadn't. */
const deadLetterExtraBytes = 65_536;

/**
 * What makes the brokers' topics what `topics.ts` says: missing ones are created, partitions grow and never
 * shrink, differing settings are set, all others are left alone. Outputs get as many partitions as the input has.
 */
export function planTopics(
  existing: ReadonlyMap<string, ExistingTopic>,
  settings: TopicSettings,
): TopicPlan[] {
  const input = existing.get(settings.prefix + inputTopic);
  const inputPartitions = input?.partitions ?? settings.partitions;
  const inputBytes = Number(input?.configs.get('max.message.bytes') ?? standardMessageBytes);
  return topics.map((spec) => {
    const topic = settings.prefix + spec.name;
    const partitions = spec.partitions === 'input' ? inputPartitions : spec.partitions;
    const configs = listConfigs(spec, inputBytes, settings);
    const there = existing.get(topic);
    if (there === undefined)
      return { topic, action: { kind: 'create', partitions, configs }, note: undefined };
    return planAdjustment(spec, topic, there, partitions, configs, settings);
  });
}

function listConfigs(spec: TopicSpec, inputBytes: number, settings: TopicSettings): Record<string, string> {
  const configs: Record<string, string> = { ...spec.configs };
  if (spec.name === deadLetterTopic) configs['max.message.bytes'] = String(inputBytes + deadLetterExtraBytes);
  if (settings.minInsyncReplicas !== undefined)
    configs['min.insync.replicas'] = String(settings.minInsyncReplicas);
  return configs;
}

function planAdjustment(
  spec: TopicSpec,
  topic: string,
  there: ExistingTopic,
  partitions: number,
  configs: Readonly<Record<string, string>>,
  settings: TopicSettings,
): TopicPlan {
  if (spec.owner === 'crm') {
    const grows = settings.partitions > there.partitions;
    const note = grows
      ? `${topic} is the CRM's own and keeps its ${there.partitions} partitions (PARTITIONS=${settings.partitions})`
      : undefined;
    return { topic, action: { kind: 'adjust', growTo: undefined, configs: {} }, note };
  }
  const growTo = partitions > there.partitions ? partitions : undefined;
  const note =
    partitions < there.partitions
      ? `${topic} keeps its ${there.partitions} partitions; ${partitions} would do, but topics never shrink`
      : undefined;
  return { topic, action: { kind: 'adjust', growTo, configs: pickDiffering(configs, there.configs) }, note };
}

function pickDiffering(
  wanted: Readonly<Record<string, string>>,
  there: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => there.get(name) !== value));
}
