import { formatNumber, formatPercent } from '../gate/condition.ts';
import type { Version } from '../shadow/report.ts';
import type { AlwaysValidBound } from './always-valid.ts';
import type { Arm } from './arm.ts';
import { type Comparison, FIRST_READING, isReadable, type ToGo } from './compare-arms.ts';
import type { SampleRatio } from './sample-ratio.ts';

/** What may be concluded now, by the conversions' always-valid bounds; `why` says it in a sentence for people. */
export type ExperimentVerdict =
  /** This treatment converts more than the control: `bound` of the difference lies above 0. */
  | { readonly kind: 'winner'; readonly arm: Version; readonly bound: AlwaysValidBound; readonly why: string }
  /** Every treatment converts less than the control. */
  | { readonly kind: 'worse'; readonly why: string }
  /** Some bound contains 0. `toGo` is the shortest of them; null where the arms convert alike. */
  | { readonly kind: 'no_difference_yet'; readonly toGo: ToGo | null; readonly why: string }
  /** Leads didn't come as planned: nothing else may be read. */
  | { readonly kind: 'stopped'; readonly why: string }
  /** No treatment can be read yet. */
  | { readonly kind: 'too_little_data'; readonly why: string };

/** What the verdict is reached from. */
export interface Evidence {
  readonly control: Arm;
  readonly arms: readonly Arm[];
  readonly comparisons: readonly Comparison[];
  readonly sampleRatio: SampleRatio;
  readonly minimumEffect: number;
  /** Of the whole test. */
  readonly alpha: number;
}

/** A comparison that has its bound. */
interface Readable {
  readonly comparison: Comparison;
  readonly bound: AlwaysValidBound;
  readonly difference: number;
}

/** A mismatch comes before anything else, then a winner; of several, the one with the largest difference. */
export function reachVerdict(evidence: Evidence): ExperimentVerdict {
  if (evidence.sampleRatio.isMismatch) return { kind: 'stopped', why: describeMismatch(evidence) };
  const readable = evidence.comparisons.flatMap(readableOf);
  const [best] = readable
    .filter(({ comparison }) => comparison.state === 'better')
    .sort((a, b) => b.difference - a.difference);
  if (best !== undefined) {
    const { comparison, bound } = best;
    return { kind: 'winner', arm: comparison.treatment, bound, why: describeWinner(best, evidence) };
  }
  if (readable.length === 0) return { kind: 'too_little_data', why: describeTooLittle(evidence) };
  const why = `${readable.map((each) => describeReadable(each, evidence)).join('; ')}${describeDivision(evidence)}.`;
  if (evidence.comparisons.every(({ state }) => state === 'worse')) return { kind: 'worse', why };
  return { kind: 'no_difference_yet', toGo: shortestOf(readable), why };
}

function readableOf(comparison: Comparison): readonly Readable[] {
  const { conversion } = comparison;
  if (conversion === null || conversion.alwaysValid === null) return [];
  return [{ comparison, bound: conversion.alwaysValid, difference: conversion.difference.value }];
}

function shortestOf(readable: readonly Readable[]): ToGo | null {
  return readable
    .flatMap(({ comparison }) => comparison.toGo ?? [])
    .reduce<ToGo | null>((least, each) => (least === null || each.leads < least.leads ? each : least), null);
}

function describeWinner(best: Readable, evidence: Evidence): string {
  const revenue = best.comparison.revenuePerLead?.alwaysValid;
  const caution = revenue && revenue.high < 0 ? ', but it brings less revenue per lead' : '';
  const isAmongSeveral = evidence.comparisons.length > 1;
  const among = isAmongSeveral ? '; treatments were compared with the control, not with each other' : '';
  return `${describeReadable(best, evidence)}${caution}${among}${describeDivision(evidence)}.`;
}

function describeReadable({ comparison, bound, difference }: Readable, evidence: Evidence): string {
  const [treatment, control] = [nameOf(comparison.treatment), nameOf(evidence.control)];
  const told = `${formatPoints(difference)} points, always-valid bound ${formatPoints(bound.low)} to ${formatPoints(bound.high)}`;
  if (comparison.state === 'better') return `${treatment} converts more than ${control}: ${told}`;
  if (comparison.state === 'worse') return `${treatment} converts less than ${control}: ${told}`;
  const undecided = `${treatment} and ${control} can't be told apart yet: ${told}, which contains 0`;
  return comparison.isMinimumEffectExcluded
    ? `${undecided}; but a relative difference of ${formatPercent(evidence.minimumEffect)}, either way, is ruled out`
    : `${undecided}; ${describeToGo(comparison.toGo)}`;
}

function describeToGo(toGo: ToGo | null): string {
  if (toGo === null) return 'as both convert alike, no number of leads is in sight that would decide it';
  const days = toGo.days === null ? '' : ` (${formatNumber(Math.ceil(toGo.days))} days)`;
  return `if this difference is the true one, it takes about ${formatNumber(toGo.leads)} more leads${days} to tell`;
}

function describeMismatch({ arms, sampleRatio }: Evidence): string {
  const told = arms.map(
    (arm, i) =>
      `${nameOf(arm)} has ${formatNumber(arm.exposed)} leads where its share is ${formatNumber(Math.round(sampleRatio.expected[i] ?? 0))}`,
  );
  const p = sampleRatio.pValue.toExponential(0);
  return `Leads didn't come to the arms by their shares (p = ${p}): ${told.join(', ')}. What was lost on the way isn't like what came: find out where before reading on.`;
}

function describeTooLittle({ arms }: Evidence): string {
  const { leads, conversions, others } = FIRST_READING;
  const told = arms
    .filter((arm) => !isReadable(arm))
    .map(
      (arm) => `${nameOf(arm)} has ${formatNumber(arm.leads)}, ${formatNumber(arm.conversions)} converted`,
    );
  return `A first reading needs ${leads} mature leads in either arm, ${conversions} that converted and ${others} that didn't: ${told.join('; ')}.`;
}

/** What several comparisons cost each of them. */
function describeDivision({ comparisons, alpha }: Evidence): string {
  if (comparisons.length < 2) return '';
  const each = formatPercent(alpha / comparisons.length);
  return ` (α = ${formatPercent(alpha)} is divided among ${comparisons.length} comparisons, ${each} each)`;
}

function nameOf({ model, version }: Version): string {
  return `${model} ${version}`;
}

/** Percentage points: .0123 → '+1.23'. */
function formatPoints(difference: number): string {
  return `${difference < 0 ? '' : '+'}${Number((100 * difference).toFixed(2))}`;
}
