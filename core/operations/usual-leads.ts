/** What came in the same span of an earlier week. */
export interface EarlierSpan {
  readonly weeksAgo: number;
  readonly leads: number;
  /** Share of the span in which somebody watched: none seen means none there only where all of it was. */
  readonly watched: number;
}

/** Whether leads are to be expected in a span of the week. */
export interface UsualLeads {
  /** Earlier weeks of which it is known. */
  readonly weeks: number;
  /** Of them, those in which some came. */
  readonly weeksWithLeads: number;
  readonly meanLeads: number;
  /** Chance that none comes where leads come at the rate of those weeks. */
  readonly chanceOfNone: number;
}

/**
 * What earlier weeks say of this span of the week. With S leads in n weeks, Jeffreys' prior makes the rate Gamma(S + ½, n),
 * and the chance of none in one more week (n / (n + 1))^(S + ½): Gelman et al., Bayesian Data Analysis, 2.6. Weeks differ
 * by more than that chance knows (holidays), hence `weeksWithLeads` beside it. A span that was watched in part counts where
 * some were seen.
 */
export function learnUsualLeads(spans: readonly EarlierSpan[]): UsualLeads {
  const known = spans.filter(({ leads, watched }) => leads > 0 || watched >= 1);
  const weeks = known.length;
  const total = known.reduce((sum, { leads }) => sum + leads, 0);
  return {
    weeks,
    weeksWithLeads: known.filter(({ leads }) => leads > 0).length,
    meanLeads: weeks === 0 ? 0 : total / weeks,
    chanceOfNone: weeks === 0 ? 1 : (weeks / (weeks + 1)) ** (total + 0.5),
  };
}

const LEAST_WEEKS = 4;
const LARGEST_CHANCE = 1e-3;

/** Whether none at all is a finding: at least four weeks are known, each had some, and chance leaves none in 0.1 %. */
export function areLeadsExpected({ weeks, weeksWithLeads, chanceOfNone }: UsualLeads): boolean {
  return weeks >= LEAST_WEEKS && weeksWithLeads === weeks && chanceOfNone < LARGEST_CHANCE;
}
