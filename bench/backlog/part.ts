import { type Bench, definePart } from '../part.ts';
import { count, type Row } from '../table.ts';
import { type BacklogMemory, compareThirds, measureBacklog } from './backlog.ts';

/** Memory at a long backlog's end, by that at its begin. */
const TARGET_RATIO = 1.25;
const SAMPLE_LINES = 12;

export const backlogPart = definePart<BacklogMemory>({
  measure: measureLongBacklog,
  describe: describeBacklog,
});

async function measureLongBacklog({ options, prepareTopics, log }: Bench): Promise<BacklogMemory> {
  const { backlog = 5_000_000 } = options;
  log(`memory along a backlog of ${count(backlog)} leads`);
  return measureBacklog(await prepareTopics('long.'), backlog);
}

function describeBacklog({ leads, seconds, samples }: BacklogMemory): Row[] {
  const { firstMb, lastMb, mostMb } = compareThirds(samples);
  const every = Math.max(1, Math.floor(samples.length / SAMPLE_LINES));
  return [
    ['a backlog of', `${count(leads)} leads`, ''],
    ['  with start-up', `${count(leads / seconds)} leads/s`, ''],
    ['  memory, its first third', `${Math.round(firstMb)} MB`, ''],
    ['  its last third', `${Math.round(lastMb)} MB`, `≤ ${Math.round(firstMb * TARGET_RATIO)} MB`],
    ['  at most', `${Math.round(mostMb)} MB`, ''],
    ...samples
      .filter((_, i) => i % every === 0)
      .map((of): Row => [
        `  after ${Math.round(of.seconds)} s`,
        `${Math.round(of.rssMb)} MB`,
        `${count(of.lag)} wait`,
      ]),
  ];
}
