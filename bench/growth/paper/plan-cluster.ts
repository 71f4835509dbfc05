import type { Costs } from './fit-costs.ts';

/** What was measured on one machine. */
export interface Measured {
  readonly scorer: Costs;
  /** Of one broker: the lead written and read, the score written. */
  readonly broker: Costs;
  /** Mean lengths of values. */
  readonly leadBytes: number;
  readonly scoreBytes: number;
}

/** What is taken for granted. */
export interface Assumptions {
  readonly leadsPerSecond: number;
  /** Of one core: what a scorer may use, so that it catches up after a rebalance. */
  readonly scorerShare: number;
  readonly partitionsPerScorer: number;
  /** Of one partition; a lead waits for its batch half as long as from one to the next. */
  readonly transactionsPerSecond: number;
  readonly replication: number;
  /** Key, lengths, and its part of the batch's header. */
  readonly frameBytes: number;
  readonly broker: {
    readonly cores: number;
    readonly networkBytesPerSecond: number;
    readonly diskBytesPerSecond: number;
    /** Of each of these: the rest is for one that is away, and for catching up. */
    readonly share: number;
  };
  /** Who reads the scores: drift, and others. */
  readonly readersOfScores: number;
  readonly retentionDays: number;
}

/** Partitions, scorers and brokers on paper, with what each follows from. */
export interface ClusterPlan {
  /** Of a scorer's core, for its transactions alone. */
  readonly transactionShare: number;
  readonly leadsPerScorer: number;
  readonly scorers: number;
  readonly partitions: number;
  readonly leadsPerTransaction: number;
  /** Bytes a second of all brokers together. */
  readonly networkIn: number;
  readonly networkOut: number;
  readonly diskWrites: number;
  readonly brokerCores: number;
  readonly brokersBy: {
    readonly networkIn: number;
    readonly networkOut: number;
    readonly disk: number;
    readonly cpu: number;
  };
  /** One more than the largest of these, so that one can be away. */
  readonly brokers: number;
  readonly partitionsPerBroker: number;
  readonly storedBytes: number;
}

const DAY_SECONDS = 86_400;
/** Topics with partitions: leads, scores, dead letters, shadow scores, outcomes. */
export const PARTITIONED_TOPICS = 5;

/** The arithmetic of the page; throws where a scorer's transactions alone are more than it may use. */
export function planCluster(measured: Measured, assumed: Assumptions): ClusterPlan {
  const { leadsPerSecond, replication } = assumed;
  const transactionShare =
    (assumed.partitionsPerScorer * assumed.transactionsPerSecond * measured.scorer.transactionUs) / 1e6;
  const leadsPerScorer = ((assumed.scorerShare - transactionShare) * 1e6) / measured.scorer.leadUs;
  if (!(leadsPerScorer > 0)) throw new RangeError('a scorer would have no time but for its transactions');
  const scorers = Math.ceil(leadsPerSecond / leadsPerScorer);
  const partitions = scorers * assumed.partitionsPerScorer;
  const transactions = partitions * assumed.transactionsPerSecond;

  const lead = (measured.leadBytes + assumed.frameBytes) * leadsPerSecond;
  const score = (measured.scoreBytes + assumed.frameBytes) * leadsPerSecond;
  const written = replication * (lead + score);
  const networkOut = (replication - 1) * (lead + score) + lead + assumed.readersOfScores * score;
  const oneBroker = leadsPerSecond * measured.broker.leadUs + transactions * measured.broker.transactionUs;
  const brokerCores = (replication * oneBroker) / 1e6;
  const brokersBy = countBrokers(
    { networkIn: written, networkOut, disk: written, cpu: brokerCores },
    assumed,
  );
  const brokers = Math.max(replication, ...Object.values(brokersBy)) + 1;
  return {
    transactionShare,
    leadsPerScorer,
    scorers,
    partitions,
    leadsPerTransaction: leadsPerSecond / transactions,
    networkIn: written,
    networkOut,
    diskWrites: written,
    brokerCores,
    brokersBy,
    brokers,
    partitionsPerBroker: Math.ceil((partitions * PARTITIONED_TOPICS * replication) / brokers),
    storedBytes: written * DAY_SECONDS * assumed.retentionDays,
  };
}

function countBrokers(load: ClusterPlan['brokersBy'], { broker }: Assumptions): ClusterPlan['brokersBy'] {
  const by = (need: number, has: number): number => Math.ceil(need / (has * broker.share));
  return {
    networkIn: by(load.networkIn, broker.networkBytesPerSecond),
    networkOut: by(load.networkOut, broker.networkBytesPerSecond),
    disk: by(load.disk, broker.diskBytesPerSecond),
    cpu: by(load.cpu, broker.cores),
  };
}
