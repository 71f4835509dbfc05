import { isActive, type Rollout, stepRanMs } from '@scoreline/core/rollout/state.ts';
import { formatPercent } from '@scoreline/core/gate/condition.ts';
import type { NextAction } from '@scoreline/core/rollout/next-action.ts';
import type { RolloutStanding } from './standing.ts';
import {
  controlOf,
  describeRolloutStatus,
  describeShares,
  describeStep,
  formatSpan,
  formatTime,
  NO_CONTROLLER,
} from './words.ts';

/** What is so and what comes next, as one line: what somebody reads first at three in the morning. */
export function describeStanding(standing: RolloutStanding): string {
  return `${describePresent(standing)}; next: ${describeNext(standing)}`;
}

function describePresent({ rollout, atMs }: RolloutStanding): string {
  const { id, plan, status } = rollout;
  if (!isActive(rollout)) return describeEnd(rollout);
  const shares = describeShares(rollout);
  if (plan.kind === 'ab_test')
    return `${id} is ${status} as an A/B test, for ${formatSpan(atMs - rollout.startedAtMs)}: ${shares}`;
  if (status === 'promoting') return `${id} is promoting: ${shares}`;
  const durationMs = plan.steps[rollout.step]?.duration_ms ?? 0;
  const ran = `${formatSpan(stepRanMs(rollout, atMs))} of ${formatSpan(durationMs)}`;
  return `${id} is ${status}: ${shares}, step ${describeStep(rollout)}, ${ran}`;
}

function describeEnd(rollout: Rollout): string {
  const { id, status, endedAtMs, decisions, plan } = rollout;
  const when = endedAtMs === null ? '' : ` since ${formatTime(endedAtMs)}`;
  const [version] = plan.treatments;
  const serves =
    status === 'completed' && version ? `${version.model}@${version.version}` : controlOf(rollout);
  const last = decisions.at(-1);
  const why = last === undefined ? '' : `, by ${last.actor}: ${last.reason}`;
  return `${id} is ${describeRolloutStatus(rollout)}${when}${why}; it left every lead to ${serves}`;
}

function describeNext({ rollout, next, controller, atMs }: RolloutStanding): string {
  if (controller.state === 'absent' && isActive(rollout))
    return `nothing by itself, as ${describeAbsence(rollout, next)}`;
  if (next.do === 'wait') return describeWait(next, rollout, atMs);
  const everyMs = rollout.plan.evaluate_every_ms;
  return `the controller is to ${ACTIONS[next.do](rollout)} within ${formatSpan(everyMs)}: ${next.because}`;
}

function describeAbsence(rollout: Rollout, next: NextAction): string {
  const would = next.do === 'wait' ? '' : `; one would ${ACTIONS[next.do](rollout)} at once: ${next.because}`;
  return `${NO_CONTROLLER}${would}`;
}

type Wait = Extract<NextAction, { readonly do: 'wait' }>;

function describeWait({ next, atMs }: Wait, rollout: Rollout, nowMs: number): string {
  if (atMs === null) return next;
  const inTime = atMs > nowMs ? `, in ${formatSpan(atMs - nowMs)}` : '';
  return `${next} (${isLate(rollout, nowMs) ? 'at the latest' : 'at the earliest'} ${formatTime(atMs)}${inTime})`;
}

/** Whether the step's time is over: what is waited for then is a verdict, and the time told is when patience ends. */
function isLate(rollout: Rollout, nowMs: number): boolean {
  return stepRanMs(rollout, nowMs) >= (rollout.plan.steps[rollout.step]?.duration_ms ?? 0);
}

const ACTIONS: Record<Exclude<NextAction['do'], 'wait'>, (rollout: Rollout) => string> = {
  advance: ({ plan, step }) =>
    `advance it to ${formatPercent(plan.steps[step + 1]?.share ?? 1)} of the leads`,
  pause: () => 'pause it for a person',
  promote: () => 'give it every lead, then Production',
  roll_back: (rollout) => `roll it back to ${controlOf(rollout)}`,
  abort: () => 'end it',
  complete: () => 'complete it',
  promote_in_registry: () => 'bring it to Production',
};
