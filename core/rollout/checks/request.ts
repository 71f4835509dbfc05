import type { OnFailure } from '../../contracts/rollout-event.ts';
import type { VersionRef } from '../../registry/version-ref.ts';
import type { CheckName, CheckResult } from '../evaluation.ts';

/** What a plan asks of one treatment. */
export interface CheckRequest {
  readonly treatment: VersionRef;
  readonly limit: number;
  readonly onFailure: OnFailure;
  /** Leads of the treatment below which a good value shows nothing. */
  readonly minimumSample: number;
  /** How far the checks of the service look back. */
  readonly windowMs: number;
}

/** What a check comes to. */
type Finding = Pick<CheckResult, 'state' | 'value' | 'sample' | 'detail'>;

/** A finding as the answer to its request. */
export function answer(name: CheckName, request: CheckRequest, finding: Finding): CheckResult {
  const { treatment, limit, onFailure } = request;
  return { name, treatment, onFailure, limit, ...finding };
}

/** The answer where nothing is known: it holds the rollout where it stands. */
export function answerUnmeasured(name: CheckName, request: CheckRequest, reason: string): CheckResult {
  return answer(name, request, { state: 'inconclusive', value: null, sample: 0, detail: reason });
}

/** Without leads nothing can be said, whatever the check. */
export function answerNoLeads(name: CheckName, request: CheckRequest): CheckResult {
  return answerUnmeasured(name, request, `no lead came to it in the last ${formatSpan(request.windowMs)}`);
}

/** What is still wanted, to be put behind a detail; empty where the sample is large enough. */
export function describeWanted(sample: number, { minimumSample }: CheckRequest): string {
  return sample >= minimumSample ? '' : `; ${minimumSample} leads are wanted before that says something`;
}

const UNITS = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** 90,000 → '1.5 min'. */
export function formatSpan(ms: number): string {
  const [name, unitMs] = UNITS.find(([, length]) => ms >= length) ?? ['s', 1_000];
  return `${Number((ms / unitMs).toFixed(1))} ${name}`;
}
