import type { Arm } from '@scoreline/core/experiment/arm.ts';
import { evaluateExperiment, type ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Database } from '../../clickhouse/database.ts';
import { COHORT, cohortParams } from '../measure/cohort.ts';
import { readStreamProgress } from '../measure/progress.ts';
import { BOUNDED } from '../measure/scope.ts';
import { findPeriod, type SharePeriod } from './share-period.ts';

const DAY_MS = 86_400_000;

interface ArmRow {
  readonly isControl: boolean;
  readonly arm: string;
  readonly exposed: number;
  readonly failures: number;
  readonly mature: number;
  readonly labelled: number;
  readonly conversions: number;
  readonly revenue: number | null;
  readonly squares: number | null;
}

/**
 * How a test stands, by what ClickHouse holds of the time in which its shares were what they are: of a canary that is
 * its latest step with leads on either side, since earlier ones are of other weeks and other shares. Leads are in the
 * arm of their first event. Throws ClickHouseUnavailable.
 */
export async function readExperiment(
  database: Pick<Database, 'query'>,
  rollout: Rollout,
  nowMs: number,
): Promise<ExperimentReport> {
  const { id: rolloutId, plan, startedAtMs } = rollout;
  const period = findPeriod(rollout);
  const { asOfMs } = await readStreamProgress(database);
  const rows = await database.query<ArmRow>(ARMS_SQL, {
    ...cohortParams({ rolloutId, plan, startedAtMs, asOfMs }),
    from_ms: period.fromMs,
    to_ms: period.toMs ?? nowMs,
  });
  return evaluateExperiment(toArms(rollout, period, rows), {
    minimumEffect: plan.minimum_effect,
    alpha: plan.alpha,
    plannedLeadsPerArm: plan.planned_leads,
    startedAtMs: period.fromMs,
    leadsPerDay: countPerDay(rows, (period.toMs ?? nowMs) - period.fromMs),
  });
}

const ARMS_SQL = `
  SELECT is_control AS isControl, arm, count() AS exposed, countIf(has_failed) AS failures, countIf(is_mature) AS mature,
    countIf(is_labelled) AS labelled, countIf(is_labelled AND converted) AS conversions,
    sumIf(value, is_labelled) AS revenue, sumIf(value * value, is_labelled) AS squares
  FROM ${COHORT}
  WHERE scored_ms >= {from_ms:Int64} AND scored_ms <= {to_ms:Int64}
  GROUP BY isControl, arm
  ${BOUNDED}`;

function toArms({ plan }: Rollout, { share }: SharePeriod, rows: readonly ArmRow[]): Arm[] {
  const hasRevenue = rows.some(({ revenue }) => revenue !== null);
  const treated = plan.treatments.reduce((sum, treatment) => sum + treatment.share, 0);
  const control = { ...plan.control, isControl: true, share: 1 - treated * share };
  const treatments = plan.treatments.map((treatment) => ({
    ...treatment,
    isControl: false,
    share: treatment.share * share,
  }));
  return [control, ...treatments].map((arm) => {
    // Whoever production was, what no treatment got is the control's.
    const row = rows.find((each) =>
      arm.isControl ? each.isControl : each.arm === arm.version && !each.isControl,
    );
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
