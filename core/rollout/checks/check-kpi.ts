import { alwaysValidWidth, equalLeadsPerArm } from '../../experiment/always-valid.ts';
import { formatNumber, formatPercent } from '../../gate/condition.ts';
import type { CheckResult, CheckState } from '../evaluation.ts';
import { type ArmOutcomes, compareGains, type GainComparison } from './compare-gains.ts';
import { answer, type CheckRequest, formatSpan } from './request.ts';

/** How far the outcomes of one arm are. */
export interface ArmMaturity {
  /** Leads whose outcome has had its time and is known. */
  readonly labelled: number;
  /** Event time until the minimum sample has had its time: 0 or less where it has. */
  readonly untilEnoughMs: number;
}

/** What the outcomes of a rollout say so far. */
export interface KpiOutcomes {
  readonly treatment: ArmMaturity;
  readonly control: ArmMaturity;
  /** How long the present step still runs at least. */
  readonly stepLeftMs: number;
  /** Null while an arm is below the minimum sample: nothing is compared then. */
  readonly outcomes: { readonly treatment: ArmOutcomes; readonly control: ArmOutcomes } | null;
  /** What a lead of the top brings. */
  readonly kpi: 'revenue' | 'conversions';
  /** How often at most a treatment that is no worse may be called worse, over all looks together. */
  readonly alpha: number;
}

/** Leads of either top that bring something, below which no bound holds. */
const MINIMUM_EXPECTED = 5;
/** In minimum samples: where the sequential bound is tightest. */
const PLANNED_SAMPLES = 4;

/**
 * What the best-scored tenth of a treatment's leads brings, relative to its control's, by mature outcomes. It is looked
 * at all along, so it fails only where the drop is over the limit and its always-valid bound lies below 0. While the
 * minimum sample can't mature before the step ends, it is advisory: it says when it will.
 */
export function checkKpi(request: CheckRequest, measured: KpiOutcomes): CheckResult {
  const { treatment, control, outcomes, kpi } = measured;
  if (outcomes === null) return answerImmature(request, measured);
  const sample = treatment.labelled;
  const compared = compareGains(outcomes.treatment, outcomes.control);
  if (compared === null) {
    const detail = `the control's best leads brought no ${kpi}: there is nothing to compare with`;
    return answer('kpi', request, { state: 'inconclusive', value: null, sample, detail });
  }
  const leadsPerArm = equalLeadsPerArm(treatment.labelled, control.labelled);
  const plannedLeadsPerArm = PLANNED_SAMPLES * request.minimumSample;
  const width =
    compared.standardError * alwaysValidWidth(leadsPerArm, { alpha: measured.alpha, plannedLeadsPerArm });
  const { change } = compared;
  const bound = `${signed(change - width)} to ${signed(change + width)}`;
  return answer('kpi', request, {
    state: judge(compared, width, request.limit),
    value: change,
    sample,
    detail: `${kpi} of the top decile ${signed(change)} beside the control's (always-valid bound ${bound}) by ${formatNumber(sample)} mature outcomes; ${signed(-request.limit)} is the limit`,
  });
}

/**
 * A drop beyond the limit that is within one standard error tells nothing about either: it is `advisory`, or chance alone
 * would hold every other healthy canary up. One beyond that is waited for.
 */
function judge(
  { change, standardError, expected }: GainComparison,
  width: number,
  limit: number,
): CheckState {
  if (change >= -limit) return 'success';
  if (expected < MINIMUM_EXPECTED) return 'inconclusive';
  if (change + width < 0) return 'failure';
  return change + standardError < 0 ? 'inconclusive' : 'advisory';
}

function answerImmature(request: CheckRequest, { treatment, control, stepLeftMs }: KpiOutcomes): CheckResult {
  const sample = treatment.labelled;
  const untilMs = Math.max(treatment.untilEnoughMs, control.untilEnoughMs);
  const told = `${formatNumber(sample)} of its leads have a mature outcome, ${formatNumber(control.labelled)} of the control's; ${request.minimumSample} are wanted of either`;
  const common = { value: null, sample } as const;
  if (untilMs <= 0) {
    const detail = `${told}: enough have had their time, but their outcomes are not known`;
    return answer('kpi', request, { ...common, state: 'inconclusive', detail });
  }
  const when = `so many will have matured in ${formatSpan(untilMs)} of event time`;
  return untilMs > stepLeftMs
    ? answer('kpi', request, { ...common, state: 'advisory', detail: `${told}; ${when}, after this step` })
    : answer('kpi', request, { ...common, state: 'inconclusive', detail: `${told}; ${when}` });
}

function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${formatPercent(share)}`;
}
