import { toVersionRef, type VersionRef } from '../registry/version-ref.ts';
import { bucketOf } from './bucket.ts';
import { findLostStand, type RegistryFacts } from './stand.ts';
import { isActive, type Rollout, type RolloutState } from './state.ts';

/** Which version scores which lead, now. */
export interface Traffic {
  /** The rollout that assigns; null: production scores every lead. */
  readonly experimentId: string | null;
  /** What scores the leads that no treatment does; null where nothing is in Production. */
  readonly production: VersionRef | null;
  readonly treatments: readonly TreatmentRange[];
}

/** The leads whose bucket lies in [from, to). */
export interface TreatmentRange {
  readonly ref: VersionRef;
  readonly from: number;
  readonly to: number;
}

/**
 * The traffic that both logs come to. A rollout assigns only while what it stands on holds: whoever promotes, rolls back
 * or rejects by hand ends its say at once. Each treatment's range begins at the same place whatever the step, so that
 * no lead leaves its treatment while the share rises.
 */
export function trafficOf({ latest }: RolloutState, registry: RegistryFacts): Traffic {
  const { production, revision } = registry;
  const alone = { experimentId: null, production, treatments: [] };
  if (latest === null || !assigns(latest, revision)) return alone;
  if (findLostStand(latest, registry) !== undefined) return alone;
  const { treatments } = latest.plan;
  const ranges: TreatmentRange[] = [];
  const total = isActive(latest) ? latest.share : 1;
  let from = 0;
  for (const { model, version, share } of treatments) {
    const ref = toVersionRef(model, version);
    if (ref !== undefined) ranges.push({ ref, from, to: from + share * total });
    from += share;
  }
  return { experimentId: latest.id, production, treatments: ranges };
}

/**
 * A completed canary's version keeps all leads until this process has read the promotion as well: the two logs are
 * followed side by side, and either may be ahead.
 */
function assigns(rollout: Rollout, registryRevision: number): boolean {
  if (isActive(rollout)) return true;
  return rollout.status === 'completed' && registryRevision < (rollout.registryRevision ?? 0);
}

/** What share of all leads each treatment has now; the rest is the control's. */
export function trafficShares({ plan, share: total }: Rollout): readonly TreatmentShare[] {
  return plan.treatments.flatMap(({ model, version, share }) => {
    const ref = toVersionRef(model, version);
    return ref === undefined ? [] : [{ ref, share: share * total }];
  });
}

export interface TreatmentShare {
  readonly ref: VersionRef;
  readonly share: number;
}

/** Index of the treatment that a lead is assigned to; -1: production. */
export function assignLead({ experimentId, treatments }: Traffic, leadId: string): number {
  if (experimentId === null) return -1;
  const bucket = bucketOf(experimentId, leadId);
  return treatments.findIndex(({ from, to }) => bucket >= from && bucket < to);
}
