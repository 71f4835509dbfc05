import type { Distribution, Reference } from '../contracts/reference.ts';
import type { CompleteSegmentPolicy } from '../policy/segment-defaults.ts';
import type { WindowChoice } from '../windows/reference-windows.ts';

/** The leads of one level of a feature. */
export interface Segment {
  /** `feature=level`: the segment of its windows and alerts. */
  readonly name: string;
  /** The feature's position in `bins`, from 0. */
  readonly feature: number;
  /** The level's bin. */
  readonly bin: number;
  /** What its windows are compared with. */
  readonly reference: WindowChoice;
}

/** The segments of a version, and what of the policy it has no place for. */
export interface SegmentsOfVersion {
  readonly segments: readonly Segment[];
  readonly problems: readonly string[];
}

/**
 * The segments that a policy names, as a version's reference has them: levels that are named, else the largest by
 * their training rows, at most `most`. What the version doesn't have (a feature of another version, a level that
 * training never saw) is told and left out: the same policy serves all versions of a model.
 */
export function findSegments(
  reference: Reference,
  policies: readonly CompleteSegmentPolicy[],
): SegmentsOfVersion {
  const segments: Segment[] = [];
  const problems: string[] = [];
  for (const policy of policies) {
    const feature = reference.features.findIndex(({ name }) => name === policy.feature);
    const distribution = reference.features[feature];
    const levels = distribution && levelsOf(distribution);
    if (distribution === undefined || levels === undefined) {
      problems.push(`drift.segments: ${policy.feature} is no feature of levels in this version`);
      continue;
    }
    const wanted = policy.levels ?? largestFirst(levels, distribution.counts);
    for (const level of wanted.slice(0, policy.most)) {
      const bin = levels.indexOf(level);
      if (bin === -1) problems.push(`drift.segments: training never saw ${policy.feature}=${level}`);
      else segments.push({ name: `${policy.feature}=${level}`, feature, bin, reference: policy.reference });
    }
  }
  return { segments, problems };
}

/** Where a row says that it is of a segment, by the segment's name; undefined: it is no part of leads by a level. */
export function locateSegment(
  reference: Reference,
  name: string,
): Pick<Segment, 'feature' | 'bin'> | undefined {
  for (const [feature, distribution] of reference.features.entries()) {
    const bin = levelsOf(distribution)?.findIndex((level) => name === `${distribution.name}=${level}`) ?? -1;
    if (bin >= 0) return { feature, bin };
  }
  return undefined;
}

function levelsOf({ bins }: Distribution): readonly string[] | undefined {
  if (bins.type === 'levels') return bins.levels;
  return bins.type === 'values' ? bins.values.map(String) : undefined;
}

function largestFirst(levels: readonly string[], counts: readonly number[]): readonly string[] {
  return [...levels.keys()]
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .map((bin) => levels[bin] ?? '');
}
