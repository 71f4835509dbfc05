import { type Bench, definePart } from '../part.ts';
import { produceLeads } from '../produce-leads.ts';
import { count } from '../table.ts';
import { drainWithPlainCopy } from './copy.ts';
import { type Drained, drainWithScorer } from './drain.ts';

interface DrainResult {
  readonly backlog: number;
  readonly scorer: Drained;
  readonly copy: Drained;
}

/** What the project holds itself to, on two cores shared with the broker. */
const TARGET_PER_SECOND = 65_000;

export const drainPart = definePart<DrainResult>({
  measure: measureDrain,
  describe: ({ backlog, scorer, copy }) => [
    ['drained, exactly once', `${count(scorer.perSecond)} leads/s`, `≥ ${count(TARGET_PER_SECOND)}`],
    ['  with start-up', `${count(backlog / scorer.secondsWithStart)} leads/s`, ''],
    ['  leads', `${count(scorer.records)} of ${count(backlog)}`, 'all'],
    ['plain copy, same client', `${count(copy.perSecond)} records/s`, ''],
    ['scorer to plain copy', (scorer.perSecond / copy.perSecond).toFixed(2), ''],
  ],
});

async function measureDrain({ options, prepareTopics, log }: Bench): Promise<DrainResult> {
  const { backlog = 200_000, cpuProfile } = options;
  const topics = await prepareTopics('backlog.');
  log(`producing a backlog of ${count(backlog)} leads`);
  await produceLeads(topics, backlog);
  log('draining it with the scorer');
  const scorer = await drainWithScorer(topics, cpuProfile);
  log('draining it with a plain copy');
  return { backlog, scorer, copy: await drainWithPlainCopy(topics) };
}
