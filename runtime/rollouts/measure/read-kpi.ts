import type { ArmMaturity, KpiOutcomes } from '@scoreline/core/rollout/checks/check-kpi.ts';
import type { ArmOutcomes } from '@scoreline/core/rollout/checks/compare-gains.ts';
import { createOddsAt } from '@scoreline/core/rollout/checks/share-history.ts';
import { stepRanMs } from '@scoreline/core/rollout/state.ts';
import type { QueryParams } from '../../clickhouse/database.ts';
import { COHORT, cohortParams } from './cohort.ts';
import { readParts } from './sampling.ts';
import { BOUNDED, type MeasureScope } from './scope.ts';

/** Of more leads an even sample is compared, the same for the same leads. */
const MOST_LEADS = 20_000;

/** The treatment and the control, and no other arm. */
const IN_ARMS = '(is_control OR arm = {version:String})';

interface MaturityRow {
  readonly isControl: boolean;
  readonly labelled: number;
  /** Event time of as many leads as the minimum sample wants, or fewer. */
  readonly earliest: readonly number[];
}

interface OutcomeRow {
  readonly isControl: boolean;
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  /** Null for none: JSON has no NaN. */
  readonly revenues: readonly (number | null)[];
  readonly scoredMs: readonly number[];
}

/** What the outcomes of the whole rollout say of a treatment. */
export async function readKpi(scope: MeasureScope): Promise<KpiOutcomes> {
  const { rollout, treatment, asOfMs, nowMs } = scope;
  const { plan, step, startedAtMs } = rollout;
  const params = {
    ...cohortParams({ rolloutId: rollout.id, plan, startedAtMs, asOfMs }),
    version: treatment.version,
    parts: await readParts(scope, startedAtMs),
  };
  const maturity = await readMaturity(scope, params);
  const stepMs = plan.kind === 'ab_test' ? Infinity : (plan.steps[step]?.duration_ms ?? 0);
  const isEnough = Math.min(maturity.treatment.labelled, maturity.control.labelled) >= plan.minimum_sample;
  const found = isEnough
    ? await readOutcomes(scope, params)
    : { outcomes: null, kpi: 'conversions' as const };
  return {
    ...maturity,
    ...found,
    stepLeftMs: Math.max(0, stepMs - stepRanMs(rollout, nowMs)),
    alpha: plan.alpha,
  };
}

async function readMaturity(
  { database, rollout, asOfMs }: MeasureScope,
  params: QueryParams,
): Promise<Pick<KpiOutcomes, 'treatment' | 'control'>> {
  const { minimum_sample: wanted, horizon_ms: horizonMs } = rollout.plan;
  const rows = await database.query<MaturityRow>(
    `SELECT toBool(is_control) AS isControl, countIf(is_labelled) AS labelled, groupArraySorted(${Math.ceil(wanted)})(event_ms) AS earliest
    FROM ${COHORT} WHERE NOT is_fallback AND ${IN_ARMS} GROUP BY is_control ${BOUNDED}`,
    params,
  );
  const maturityOf = (isControl: boolean): ArmMaturity => {
    const { labelled, earliest } = rows.find((row) => row.isControl === isControl) ?? NO_LEADS;
    // Leads that are still to come mature no sooner than one that comes now.
    const comeAtMs = earliest.length < wanted ? asOfMs : earliest.at(-1);
    return { labelled, untilEnoughMs: (comeAtMs ?? 0) + horizonMs - (asOfMs ?? 0) };
  };
  return { treatment: maturityOf(false), control: maturityOf(true) };
}

const NO_LEADS: Pick<MaturityRow, 'labelled' | 'earliest'> = { labelled: 0, earliest: [] };

async function readOutcomes(
  { database, rollout, treatment }: MeasureScope,
  params: QueryParams,
): Promise<Pick<KpiOutcomes, 'outcomes' | 'kpi'>> {
  const rows = await database.query<OutcomeRow>(
    `SELECT toBool(is_control) AS isControl, groupArray(score) AS scores, groupArray(label) AS labels,
      groupArray(ifNull(value, nan)) AS revenues, groupArray(scored_ms) AS scoredMs
    FROM
    (
      SELECT is_control, score, if(isNull(label), 0, label) AS label, value, scored_ms FROM ${COHORT}
      WHERE is_labelled AND NOT is_fallback AND ${IN_ARMS}
      ORDER BY cityHash64(lead_id) LIMIT ${MOST_LEADS} BY is_control
    )
    GROUP BY is_control
    ${BOUNDED}`,
    params,
  );
  const hasRevenue = rows.some(({ revenues }) => revenues.some((value) => value !== null));
  const oddsAt = createOddsAt(rollout, treatment.share);
  const armOf = (isControl: boolean): ArmOutcomes => {
    const row = rows.find((each) => each.isControl === isControl);
    const weigh = (atMs: number): number => inverse(oddsAt(atMs)[isControl ? 'control' : 'treatment']);
    return {
      scores: Float64Array.from(row?.scores ?? []),
      values: Float64Array.from((hasRevenue ? row?.revenues : row?.labels) ?? [], (value) => value ?? 0),
      weights: Float64Array.from(row?.scoredMs ?? [], weigh),
    };
  };
  return {
    outcomes: { treatment: armOf(false), control: armOf(true) },
    kpi: hasRevenue ? 'revenue' : 'conversions',
  };
}

/** A lead that came where none should, in the moment when a share changed, counts for nothing. */
function inverse(odds: number): number {
  return odds > 1e-9 ? 1 / odds : 0;
}
