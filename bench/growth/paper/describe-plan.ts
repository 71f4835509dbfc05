import { describeTable } from '../../detect/table.ts';
import { count } from '../../table.ts';
import {
  type Assumptions,
  type ClusterPlan,
  type Measured,
  PARTITIONED_TOPICS,
  planCluster,
} from './plan-cluster.ts';

/** Of the page; each is explained there, where it isn't by its name. */
const ASSUMED: Assumptions = {
  leadsPerSecond: 1_000_000,
  scorerShare: 0.6,
  partitionsPerScorer: 4,
  transactionsPerSecond: 20,
  replication: 3,
  frameBytes: 25,
  broker: { cores: 16, networkBytesPerSecond: 25e9 / 8, diskBytesPerSecond: 1e9, share: 0.5 },
  readersOfScores: 2,
  retentionDays: 7,
};

/** The model on paper in Markdown: what was measured, what is assumed, and the arithmetic. */
export function describePlan(measured: Measured): string {
  const plan = planCluster(measured, ASSUMED);
  return [
    'Measured in the run above, leads of the base shape:',
    '',
    describeTable(
      ['CPU, µs', 'a lead', 'a transaction'],
      [
        ['scorer', measured.scorer.leadUs.toFixed(1), count(measured.scorer.transactionUs)],
        ['broker', measured.broker.leadUs.toFixed(1), count(measured.broker.transactionUs)],
      ],
    ),
    '',
    `A lead's value has ${count(measured.leadBytes)} bytes, its score's ${count(measured.scoreBytes)}.`,
    '',
    describeTable(
      ['what', 'arithmetic', 'result'],
      [
        ...describeScorers(measured, plan),
        ...describeTraffic(measured, plan),
        ...describeBrokers(measured, plan),
      ],
    ),
  ].join('\n');
}

type Step = readonly [what: string, arithmetic: string, result: string];

function describeScorers({ scorer }: Measured, plan: ClusterPlan): readonly Step[] {
  const { leadsPerSecond, partitionsPerScorer, transactionsPerSecond, scorerShare } = ASSUMED;
  const seconds = plan.transactionShare.toFixed(3);
  return [
    [
      "a scorer's transactions",
      `${partitionsPerScorer} partitions × ${transactionsPerSecond} /s × ${count(scorer.transactionUs)} µs`,
      `${seconds} of a core`,
    ],
    [
      "a scorer's leads",
      `(${scorerShare} − ${seconds}) s / ${scorer.leadUs.toFixed(1)} µs`,
      `${count(plan.leadsPerScorer)} /s`,
    ],
    ['scorers', `${count(leadsPerSecond)} / ${count(plan.leadsPerScorer)}`, count(plan.scorers)],
    ['partitions', `${count(plan.scorers)} × ${partitionsPerScorer}`, count(plan.partitions)],
    [
      'leads a transaction',
      `${count(leadsPerSecond)} / (${count(plan.partitions)} × ${transactionsPerSecond})`,
      count(plan.leadsPerTransaction),
    ],
  ];
}

function describeTraffic({ leadBytes, scoreBytes }: Measured, plan: ClusterPlan): readonly Step[] {
  const { replication, frameBytes, readersOfScores, retentionDays } = ASSUMED;
  const lead = leadBytes + frameBytes;
  const score = scoreBytes + frameBytes;
  return [
    ['leads, L', `1 M/s × (${count(leadBytes)} + ${frameBytes}) B`, `${count(lead)} MB/s`],
    ['scores, S', `1 M/s × (${count(scoreBytes)} + ${frameBytes}) B`, `${count(score)} MB/s`],
    ['into brokers', `${replication} (L + S)`, gigabytesPerSecond(plan.networkIn)],
    ['onto their disks', `${replication} (L + S)`, gigabytesPerSecond(plan.diskWrites)],
    [
      'out of brokers',
      `${replication - 1} (L + S) to followers, L, ${readersOfScores} S`,
      gigabytesPerSecond(plan.networkOut),
    ],
    [
      'kept',
      `${replication} (L + S) × 86,400 s × ${retentionDays} days`,
      `${count(plan.storedBytes / 1e12)} TB`,
    ],
  ];
}

function describeBrokers({ broker }: Measured, plan: ClusterPlan): readonly Step[] {
  const { replication, transactionsPerSecond, broker: machine } = ASSUMED;
  const { brokersBy, brokers, partitions } = plan;
  const transactions = `${count(partitions)} × ${transactionsPerSecond} × ${count(broker.transactionUs)} µs`;
  const of = (need: string, has: string): string => `${need} / (${has} × ${machine.share})`;
  const network = `${(machine.networkBytesPerSecond / 1e9).toFixed(1)} GB/s`;
  return [
    [
      "brokers' CPU",
      `${replication} × (1 M × ${broker.leadUs.toFixed(1)} µs + ${transactions})`,
      `${plan.brokerCores.toFixed(1)} cores`,
    ],
    ['brokers by CPU', of(plan.brokerCores.toFixed(1), `${machine.cores}`), count(brokersBy.cpu)],
    [
      'by network in, out',
      of('in, out', network),
      `${count(brokersBy.networkIn)}, ${count(brokersBy.networkOut)}`,
    ],
    [
      'by disk',
      of(gigabytesPerSecond(plan.diskWrites), `${machine.diskBytesPerSecond / 1e9} GB/s`),
      count(brokersBy.disk),
    ],
    ['brokers', 'the largest of these, and one that may be away', count(brokers)],
    [
      'replicas on each',
      `${count(partitions)} × ${PARTITIONED_TOPICS} topics × ${replication} / ${brokers}`,
      count(plan.partitionsPerBroker),
    ],
  ];
}

function gigabytesPerSecond(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB/s`;
}
