import type { RolloutEvent, RolloutEventType } from '@scoreline/core/contracts/rollout-event.ts';
import { formatPercent } from '@scoreline/core/gate/condition.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { trafficShares } from '@scoreline/core/rollout/traffic.ts';

type Describe = (rollout: Rollout, event: RolloutEvent) => string;

const WORDS: Record<RolloutEventType, Describe> = {
  started: (rollout) => `${rollout.id} has started: ${describeShares(rollout)}${hintOf(rollout)}`,
  advanced: (rollout) => `${rollout.id} is at step ${describeStep(rollout)}: ${describeShares(rollout)}`,
  paused: (rollout) =>
    `${rollout.id} is paused: ${describeShares(rollout)}, and it stays so; guardrails still roll it back; next: scoreline rollout resume | promote | abort`,
  resumed: (rollout) => `${rollout.id} goes on: ${describeShares(rollout)}`,
  promoting: (rollout) =>
    `${rollout.id}: ${describeShares(rollout)}; the controller brings it to Production next`,
  completed: ({ id }) => `${id} is completed`,
  rolled_back: (rollout) => `${rollout.id} is rolled back: ${controlOf(rollout)} scores every lead`,
  aborted: (rollout) =>
    `${rollout.id} is ${describeRolloutStatus(rollout)}: ${controlOf(rollout)} scores every lead${hintOfPromotion(rollout)}`,
  unknown: () => 'nothing was decided',
};

/** What a decision has done, and what comes next, as one line for a person. */
export function describeDone(event: RolloutEvent, rollout: Rollout): string {
  return WORDS[event.type](rollout, event);
}

function hintOf({ plan }: Rollout): string {
  return plan.kind === 'canary' ? '; next: scoreline rollout status' : '; next: scoreline experiment report';
}

/** The registry's log is another one: its promotion may have come first. */
function hintOfPromotion({ decisions }: Rollout): string {
  if (decisions.at(-2)?.type !== 'promoting') return '';
  return ', unless its version is in Production already (scoreline model list); the way back from there: scoreline model rollback';
}

/** What whoever looks must know before anything else. */
export const NO_CONTROLLER =
  'NO CONTROLLER IS RUNNING: nothing advances, nothing is rolled back; start services/rollout (npm run rollout)';

/** '10 % of the leads to bank-leads@1.1.0', and so on for each treatment. */
export function describeShares(rollout: Rollout): string {
  const [first, ...others] = trafficShares(rollout).map(
    ({ ref, share }) => [formatPercent(share), ref] as const,
  );
  if (first === undefined) return 'no version';
  return [
    `${first[0]} of the leads to ${first[1]}`,
    ...others.map(([share, ref]) => `${share} to ${ref}`),
  ].join(', ');
}

/** '1 of 2'. */
export function describeStep({ step, plan }: Rollout): string {
  return `${step + 1} of ${plan.steps.length}`;
}

/** The version that everything is compared with, and that scores what no treatment does. */
export function controlOf({ plan: { control } }: Rollout): string {
  return `${control.model}@${control.version}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Its status in words; an A/B test that somebody ended has come to its regular end. */
export function describeRolloutStatus({ status, plan }: Pick<Rollout, 'status' | 'plan'>): string {
  return status === 'aborted' && plan.kind === 'ab_test' ? 'stopped' : status.replace('_', ' ');
}

/** The two largest units: 93,784,000 → '1 d 2 h'; under a second '0 s'. */
export function formatSpan(ms: number): string {
  const first = UNITS.findIndex(([, length]) => ms >= length);
  const [unit, length] = UNITS[first] ?? ['s', 1_000];
  const whole = `${Math.floor(ms / length)} ${unit}`;
  const [nextUnit, nextLength] = UNITS[first + 1] ?? ['s', 1_000];
  const rest = Math.floor((ms % length) / nextLength);
  return first === -1 || rest === 0 ? whole : `${whole} ${rest} ${nextUnit}`;
}

/** '2026-11-21 14:30 UTC'. */
export function formatTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
