import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { assignLead, type Traffic } from '@scoreline/core/rollout/traffic.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/** Which model scores which lead, at one moment. */
export interface Lineup {
  /** Scores whatever no treatment does, or can. */
  readonly production: LoadedModel;
  readonly traffic: Traffic;
  /** By index of the traffic's treatments; undefined: not in memory. */
  readonly treatments: readonly (LoadedModel | undefined)[];
}

/** Before anything is known, and where one version scores all. */
export const NO_ROLLOUT: Traffic = { experimentId: null, production: null, treatments: [] };

/** What share of all leads each treatment has; the rest is production's. */
export function sharesOf({
  treatments,
}: Traffic): readonly { readonly ref: VersionRef; readonly share: number }[] {
  // The difference of two decimals isn't one: .3 - .1 = .19999999999999998.
  return treatments.map(({ ref, from, to }) => ({ ref, share: Number((to - from).toFixed(9)) }));
}

/** One model scores every lead. */
export function aloneInLineup(model: LoadedModel): Lineup {
  return { production: model, traffic: NO_ROLLOUT, treatments: [] };
}

/** Leads by who is to score them. */
export interface Assignment<L> {
  readonly production: readonly L[];
  /** By index of the lineup's treatments. */
  readonly treatments: readonly (readonly L[])[];
}

/** Deals leads out by their ids; each group keeps their order. Without a rollout production has them all, uncopied. */
export function assignLeads<L>(
  { traffic }: Lineup,
  leads: readonly L[],
  idOf: (lead: L) => string,
): Assignment<L> {
  if (traffic.treatments.length === 0) return { production: leads, treatments: [] };
  const production: L[] = [];
  const treatments = traffic.treatments.map((): L[] => []);
  for (const lead of leads) (treatments[assignLead(traffic, idOf(lead))] ?? production).push(lead);
  return { production, treatments };
}
