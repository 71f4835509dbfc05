import type { Levels } from '../contracts/policy.ts';
import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import type { DriftResult, Signal, Statistic } from './result.ts';

/** A result before it is judged beside the window's others. */
export interface Measurement extends Omit<
  DriftResult,
  'threshold' | 'adjustedPValue' | 'level' | 'verdict' | 'pValue'
> {
  readonly limits: Levels;
  readonly pValue: number;
  /** Whether there is a sample to judge by, in the window and in the reference. */
  readonly enough: boolean;
  /** Significance asked of it, where that isn't the policy's for all. */
  readonly alpha?: number;
  /** Of a feature that the policy ignores: judged by itself, so that it doesn't make the others' tests stricter. */
  readonly ignored?: boolean;
}

/** What a measurement says about its subject, whatever the statistic. */
export interface Subject {
  readonly signal: Signal;
  readonly name: string;
  /** The policy's `ignore`. */
  readonly ignored: boolean;
}

/** What measurements of a subject have in common; a statistic alarms where the policy's `alarm_on` names it. */
export function describeSubject(
  { signal, name, ignored }: Subject,
  statistic: Statistic,
  policy: CompleteDriftPolicy,
): Pick<Required<Measurement>, 'signal' | 'subject' | 'statistic' | 'importance' | 'alarms' | 'ignored'> {
  const alarms = !ignored && policy.alarmOn.has(statistic);
  return { signal, subject: name, statistic, importance: null, alarms, ignored };
}

/** Enough rows in the window to compare distributions, any in the reference. */
export function hasEnough(
  [current, reference]: readonly [number, number],
  policy: CompleteDriftPolicy,
): boolean {
  return current >= policy.minimumSample && reference > 0;
}

/** The same for a share, whose test is exact in small windows. */
export function hasEnoughForShare(
  [current, reference]: readonly [number, number],
  policy: CompleteDriftPolicy,
): boolean {
  return current >= policy.shares.minimumSample && reference > 0;
}
