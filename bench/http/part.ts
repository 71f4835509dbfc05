import { type Bench, definePart } from '../part.ts';
import { count, milliseconds, type Row } from '../table.ts';
import { type HttpCost, type HttpStep, isHeld, measureHttp } from './measure-http.ts';

/** Of POST /score-lead at the first rate. */
const TARGET_P99_MS = 10;
/** Of each rate: what more takes is in the tail already. */
const MOST_SECONDS = 10;

export const httpPart = definePart<HttpCost>({ measure, describe });

async function measure({ options, log, prepareTopics }: Bench): Promise<HttpCost> {
  const { warmUpSeconds, warmUpLeads } = options;
  const seconds = Math.max(1, Math.min(options.seconds, MOST_SECONDS));
  log(`POST /score-lead, rates doubled, ${seconds} s each, after ${count(warmUpLeads)} leads`);
  return measureHttp(await prepareTopics('http.'), { seconds, warmUpSeconds, warmUpLeads });
}

function describe({ streamRate, steps }: HttpCost): Row[] {
  const knee = steps.findLast(isHeld);
  return [
    [`POST /score-lead beside ${streamRate} leads/s`, `p50 / p95 / p99`, ''],
    ...steps.map((step, i) => describeStep(step, i === 0 ? `p99 ≤ ${TARGET_P99_MS} ms` : '')),
    ['  its knee', knee === undefined ? 'below the first' : `${count(knee.rate)} requests/s`, ''],
  ];
}

function describeStep(step: HttpStep, target: string): Row {
  const { rate, p50Ms, p95Ms, p99Ms, scorerUs, lateMs, sent, answered } = step;
  const missing = answered === sent ? '' : `, ${count(sent - answered)} of ${count(sent)} unanswered`;
  const beside = `${count(scorerUs)} µs of CPU each; sent ${milliseconds(lateMs)} late at p99${missing}`;
  return [
    `  at ${count(rate)}/s`,
    `${p50Ms.toFixed(1)} / ${p95Ms.toFixed(1)} / ${milliseconds(p99Ms)}`,
    [target, beside].filter(Boolean).join('; '),
  ];
}
