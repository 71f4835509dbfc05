import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import type { Arm } from '@scoreline/core/experiment/arm.ts';
import { evaluateExperiment, type ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Database } from '../../clickhouse/database.ts';
import { COHORT, cohortParams } from '../measure/cohort.ts';
import { readStreamProgress } from '../measure/progress.ts';
import { BOUNDED } from '../measure/scope.ts';

const DAY_MS = 86_400_000;

interface ArmRow {
  /** Of a treatment; empty for the control: whoever production was, what no treatment got is its. */
  readonly version: string;
  readonly exposed: number;
  readonly failures: number;
  readonly mature: number;
  readonly labelled: number;
  readonly conversions: number;
  readonly revenue: number | null;
  readonly squares: number | null;
}

/**
 * How an A/B test stands, by what ClickHouse holds. A lead is in the arm of its first event, whoever scored it. Throws
 * ClickHouseUnavailable.
 */
export async function readExperiment(
  database: Pick<Database, 'query'>,
  { id: rolloutId, plan, startedAtMs, endedAtMs }: Rollout,
  nowMs: number,
): Promise<ExperimentReport> {
  const { asOfMs } = await readStreamProgress(database);
  const rows = await database.query<ArmRow>(ARMS_SQL, cohortParams({ rolloutId, plan, startedAtMs, asOfMs }));
  return evaluateExperiment(toArms(plan, rows), {
    minimumEffect: plan.minimum_effect,
    alpha: plan.alpha,
    plannedLeadsPerArm: plan.planned_leads,
    startedAtMs,
    leadsPerDay: countPerDay(rows, (endedAtMs ?? nowMs) - startedAtMs),
  });
}

const ARMS_SQL = `
  SELECT if(is_control, '', arm) AS version, count() AS exposed, countIf(has_failed) AS failures, countIf(is_mature) AS mature,
    countIf(is_labelled) AS labelled, countIf(is_labelled AND converted) AS conversions,
    sumIf(value, is_labelled) AS revenue, sumIf(value * value, is_labelled) AS squares
  FROM ${COHORT}
  GROUP BY version
  ${BOUNDED}`;

function toArms({ control, treatments }: RolloutPlan, rows: readonly ArmRow[]): Arm[] {
  const hasRevenue = rows.some(({ revenue }) => revenue !== null);
  const treated = treatments.reduce((sum, { share }) => sum + share, 0);
  const arms = [
    { ...control, isControl: true, share: 1 - treated },
    ...treatments.map((treatment) => ({ ...treatment, isControl: false })),
  ];
  return arms.map((arm) => {
    const version = arm.isControl ? '' : arm.version;
    const row = rows.find((each) => each.version === version);
    const { exposed, failures, labelled: leads, conversions } = row ?? NOBODY;
    const revenue = hasRevenue ? { sum: row?.revenue ?? 0, sumOfSquares: row?.squares ?? 0 } : null;
    return { ...arm, exposed, failures, leads, conversions, revenue };
  });
}

const NOBODY = { exposed: 0, failures: 0, labelled: 0, conversions: 0 } as const;

/** Leads a day whose outcome will be known: as many of those that come as of those that have matured. */
function countPerDay(rows: readonly ArmRow[], elapsedMs: number): number | null {
  const total = (of: (row: ArmRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const mature = total((row) => row.mature);
  if (mature === 0 || elapsedMs <= 0) return null;
  const known = total((row) => row.labelled) / mature;
  return (known * total((row) => row.exposed) * DAY_MS) / elapsedMs;
}
