import type { RetrainingPolicy } from '../contracts/policy.ts';
import type { RetrainingMode } from '../contracts/retraining-requested.ts';
import { readSpan } from './read-values.ts';

/** When a model is wished to be trained anew, with nothing left to decide; null: not for that reason. */
export interface CompleteRetrainingPolicy {
  readonly mode: RetrainingMode;
  readonly coolDownMs: number;
  readonly schedule: {
    readonly firstEveryMs: number;
    readonly firstForMs: number;
    readonly thenEveryMs: number;
  } | null;
  readonly drift: { readonly psi: number; readonly importance: number; readonly lastingMs: number } | null;
  readonly performance: {
    readonly aucMinimum: number | null;
    readonly aucDrop: number | null;
    readonly minimumLabels: number;
  } | null;
  readonly newLabels: number | null;
  readonly criticalDrift: boolean;
}

/** Fills in the defaults of the policy's section `retraining`; the schema explains each. */
export function completeRetraining(
  retraining: RetrainingPolicy,
  problems: string[],
): CompleteRetrainingPolicy {
  const span = (name: string, text: string): number => readSpan(`retraining.${name}`, text, problems);
  const { schedule = {}, drift = {}, performance = {}, new_labels: newLabels = 5_000 } = retraining;
  return {
    mode: retraining.mode ?? 'suggestion',
    coolDownMs: span('cool_down', retraining.cool_down ?? 'P7D'),
    schedule: schedule && {
      firstEveryMs: span('schedule.first_every', schedule.first_every ?? 'P7D'),
      firstForMs: span('schedule.first_for', schedule.first_for ?? 'P28D'),
      thenEveryMs: span('schedule.then_every', schedule.then_every ?? 'P30D'),
    },
    drift: drift && {
      psi: drift.psi ?? 0.25,
      importance: drift.importance ?? 0.2,
      lastingMs: span('drift.lasting', drift.lasting ?? 'P1D'),
    },
    performance: performance && {
      aucMinimum: performance.auc_minimum === undefined ? 0.75 : performance.auc_minimum,
      aucDrop: performance.auc_drop === undefined ? 0.05 : performance.auc_drop,
      minimumLabels: performance.minimum_labels ?? 500,
    },
    newLabels,
    criticalDrift: retraining.critical_drift ?? true,
  };
}
