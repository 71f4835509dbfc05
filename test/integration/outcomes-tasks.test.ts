import { readFileSync } from 'node:fs';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { toOutcomeRow } from '@scoreline/drift/ingest/rows.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** Packages that aren't classifiers, from scores and graded outcomes to `performance_windows`, beside SciPy and scikit-learn. */
const PACKAGES = new URL('../fixtures/packages/', import.meta.url).pathname;
const { CLICKHOUSE_URL } = inject('stackEnv');
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MONDAY_MS = Date.UTC(2024, 0, 1);
const NDCG_K = 10;
let room: DriftRoom;

afterEach(() => room.end());

interface Graded {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
}

/** What tools/vectors made. */
function readVectors(name: string): unknown {
  const file = new URL(`../../core/performance/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** One lead to score and what it turned out to be worth, `week` weeks after the first, in a group where there are any. */
interface GradedLead {
  readonly score: number;
  readonly label: number;
  readonly week: number;
  readonly group: string | null;
}

/** Runs graded leads through windows and cohorts of one week; a later lead lets them mature. */
async function measure(model: string, leads: readonly GradedLead[]): Promise<void> {
  room = await openDriftRoom(CLICKHOUSE_URL, {
    modelsDir: PACKAGES,
    policyOf: (policy) => {
      const windows = [parseDuration('P1W')!];
      return { ...policy, performance: { ...policy.performance, windows, alertOn: windows, ndcgK: NDCG_K } };
    },
  });
  const { reference } = await loadPackage(`${PACKAGES}${model}/1.0.0`);
  const span = { count: leads.length + 1, fromMs: MONDAY_MS, toMs: MONDAY_MS + DAY_MS, firstOffset: 0 };
  const scores = makeScores({ reference, random: createRandom(3), model }, span).map(
    (score, i): LeadScored => {
      const lead = leads[i];
      if (lead === undefined) return { ...score, event_time: MONDAY_MS + 20 * WEEK_MS };
      const time = score.event_time + lead.week * WEEK_MS;
      return { ...score, score: lead.score, group_id: lead.group, event_time: time };
    },
  );
  const outcomes = leads.map(({ label }, i) => {
    const { lead_id, event_id, event_time: scoredMs } = scores[i]!;
    const told = { lead_id, event_id, converted: label > 0, label, value: null };
    return { ...told, occurred_at: scoredMs + DAY_MS, recorded_at: scoredMs + 2 * DAY_MS };
  });
  await room.feed(scores);
  await room.database.insert('lead_outcomes', outcomes.map(toOutcomeRow));
  await room.close();
  await room.measure();
}

function readCohorts<Row>(columns: string): Promise<Row[]> {
  return room.database.query<Row>(
    `SELECT ${columns} FROM performance_windows WHERE window_size = 'P1W' ORDER BY window_start`,
  );
}

function readMetric(metric: string): Promise<{ value: number; low: number | null; high: number | null }[]> {
  return room.database.query(
    `SELECT value, low, high FROM performance_metrics WHERE metric = {metric:String} AND kind = 'realised' ORDER BY window_start`,
    { metric },
  );
}

const near = (value: number): unknown => expect.closeTo(value, 9);

test("a regressor's cohorts have SciPy's Spearman and MAE, and nothing that is a classifier's", async () => {
  interface Case extends Graded {
    readonly spearman: readonly [number, number, number];
    readonly mae: number;
  }
  const cases = readVectors('regression') as readonly Case[];
  await measure(
    'user-reports',
    cases.flatMap(({ scores, labels }, week) =>
      scores.map((score, i) => ({ score, label: labels[i]!, week, group: null })),
    ),
  );
  expect(await readCohorts('count, spearman, mae, auc')).toEqual(
    cases.map(({ scores, spearman, mae }) => ({
      count: scores.length,
      spearman: near(spearman[0]),
      mae: near(mae),
      auc: null,
    })),
  );
  const intervals = cases.map(({ spearman: [value, low, high] }) => ({
    value: near(value),
    low: near(low),
    high: near(high),
  }));
  expect(await readMetric('spearman')).toEqual(intervals);
});

test("a ranker's cohort has the mean of scikit-learn's NDCG@k over its groups", async () => {
  interface Case extends Graded {
    readonly ndcg: Readonly<Record<string, number>>;
  }
  const cases = readVectors('ranking') as readonly Case[];
  const ofGroups = cases.map(({ ndcg }) => ndcg[String(NDCG_K)]!);
  // Two weeks: all groups, then the last alone.
  const leadsOf = ({ scores, labels }: Case, group: string, week: number): GradedLead[] =>
    scores.map((score, i) => ({ score, label: labels[i]!, week, group }));
  const last = cases.at(-1)!;
  await measure('search-relevance', [
    ...cases.flatMap((one, i) => leadsOf(one, `query-${i}`, 0)),
    ...leadsOf(last, 'again', 1),
  ]);
  const mean = ofGroups.reduce((sum, value) => sum + value, 0) / ofGroups.length;
  const leads = cases.reduce((sum, { scores }) => sum + scores.length, 0);
  expect(await readCohorts('count, ndcg, auc')).toEqual([
    { count: leads, ndcg: near(mean), auc: null },
    { count: last.scores.length, ndcg: near(ofGroups.at(-1)!), auc: null },
  ]);
});
