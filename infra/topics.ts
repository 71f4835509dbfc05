/** A topic as `npm run setup` creates it; names are without `TOPIC_PREFIX`. */
export interface TopicSpec {
  readonly name: string;
  /** 'input': as many as `lead-created` has, so that partition p in is partition p out. */
  readonly partitions: 'input' | 1;
  /** The CRM's own topic is created where it is missing; its settings are the CRM's afterwards. */
  readonly owner: 'crm' | 'scoreline';
  /** Kafka's settings by its own names. */
  readonly configs: Readonly<Record<string, string>>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const forDays = (days: number): Record<string, string> => ({
  'cleanup.policy': 'delete',
  'retention.ms': String(days * DAY_MS),
});
/**
 * A batch carries the time of whoever wrote it, and brokers refuse by default what is over an hour ahead of theirs: a
 * service whose clock is would keep its partitions and never get a score out. The largest long; Kafka 3.6 or later.
 */
const OF_ANY_TIME = { 'message.timestamp.after.max.ms': '9223372036854775807' };
const FOR_EVER = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

/** The topic that all partition counts follow. */
export const INPUT_TOPIC = 'lead-created';

/** Takes whatever the input takes, and its headers: its limit is set above the input's. */
export const DEAD_LETTER_TOPIC = 'lead-created.dlq';

/**
 * Every topic of Scoreline. Kafka's clock is the retention's: records carry the time at which they were produced,
 * and the time of the event itself in their value, so that a replay of 2008 isn't deleted as 18 years old.
 * In the order of set-up: outputs grow before the input does.
 */
export const TOPICS: readonly TopicSpec[] = [
  {
    name: 'lead-scores',
    partitions: 'input',
    owner: 'scoreline',
    configs: { ...forDays(7), ...OF_ANY_TIME },
  },
  {
    name: 'lead-shadow-scores',
    partitions: 'input',
    owner: 'scoreline',
    configs: { ...forDays(7), ...OF_ANY_TIME },
  },
  { name: 'lead-outcomes', partitions: 'input', owner: 'scoreline', configs: forDays(30) },
  {
    name: DEAD_LETTER_TOPIC,
    partitions: 'input',
    owner: 'scoreline',
    configs: { ...forDays(30), ...OF_ANY_TIME },
  },
  // Twice as long as the letters: a decision outlives its letter.
  {
    name: 'dead-letter-decisions',
    partitions: 1,
    owner: 'scoreline',
    configs: { ...forDays(60), ...OF_ANY_TIME },
  },
  {
    name: 'scoring-alerts',
    partitions: 1,
    owner: 'scoreline',
    configs: { 'cleanup.policy': 'compact', ...OF_ANY_TIME },
  },
  { name: 'model-registry', partitions: 1, owner: 'scoreline', configs: FOR_EVER },
  { name: 'rollouts', partitions: 1, owner: 'scoreline', configs: FOR_EVER },
  { name: 'retraining-requested', partitions: 1, owner: 'scoreline', configs: FOR_EVER },
  { name: INPUT_TOPIC, partitions: 'input', owner: 'crm', configs: forDays(7) },
];
