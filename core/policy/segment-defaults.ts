import type { DriftPolicy } from '../contracts/policy.ts';
import type { WindowChoice } from '../windows/reference-windows.ts';
import { completeReference } from './reference-defaults.ts';

/** Which levels of a feature are watched by themselves, with nothing left to decide. */
export interface CompleteSegmentPolicy {
  readonly feature: string;
  /** Null: the largest of the reference. */
  readonly levels: readonly string[] | null;
  readonly most: number;
  readonly reference: WindowChoice;
}

const MOST = 10;

/**
 * Fills in the defaults of the policy's `drift.segments`; problems are added to `problems`. A segment differs from all
 * leads from its first day on, which is no drift, and packages don't count training leads by segment: it is compared
 * with its own earlier windows.
 */
export function completeSegments(drift: DriftPolicy, problems: string[]): readonly CompleteSegmentPolicy[] {
  const { segments = [] } = drift;
  return segments.flatMap(({ feature, levels = null, most = MOST, reference = drift.reference }, i) => {
    const place = `drift.segments[${i}]`;
    if (feature === 'role')
      problems.push(`${place}.feature: role=… are the alerts of canaries; rename the feature`);
    if (segments.findIndex((other) => other.feature === feature) < i)
      problems.push(`${place}.feature: ${feature} is there twice`);
    const choice = completeReference(`${place}.reference`, reference, problems);
    if (choice.kind !== 'training') return [{ feature, levels, most, reference: choice }];
    problems.push(
      `${place}.reference: training isn't counted by segment; give one of kind rolling or season`,
    );
    return [];
  });
}
