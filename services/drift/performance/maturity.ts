import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import type { Watermarks } from '../windows/watermarks.ts';

/** What was seen of the clocks at one moment. */
interface Clocks {
  readonly watermarks: Watermarks;
  /** Wall clock: outcomes that Kafka had by then have been read. */
  readonly outcomesUntilMs: number;
}

/** Up to when windows have closed, and are mature. */
export interface Maturity {
  observe(clocks: Clocks): void;
  of(
    scope: Scope,
    models: Pick<ModelCatalog, 'policyOf'>,
  ): { readonly closedUntilMs: number; readonly matureUntilMs: number };
}

/** While outcomes aren't read, watermarks are remembered: one a turn for an hour and more. */
const MOST_REMEMBERED = 1_000;

/**
 * A cohort is mature when event time has passed its end by the outcome horizon *and* the outcomes that had come by then
 * have been read: else, after a pause or in a replay, leads would count as lost for outcomes that only wait to be read.
 * So the watermark that counts is the newest that was seen before outcomes had been read.
 */
export function createMaturity(nowMs: () => number): Maturity {
  let waiting: { readonly atMs: number; readonly watermarks: Watermarks }[] = [];
  let latest: Watermarks | undefined;
  let settled: Watermarks | undefined;
  return {
    observe({ watermarks, outcomesUntilMs }) {
      latest = watermarks;
      if (waiting.length < MOST_REMEMBERED) waiting.push({ atMs: nowMs(), watermarks });
      const read = waiting.filter(({ atMs }) => atMs <= outcomesUntilMs);
      settled = read.at(-1)?.watermarks ?? settled;
      waiting = waiting.slice(read.length);
    },
    of(scope, models) {
      const { windows, outcomes } = models.policyOf(scope);
      const timeOf = (watermarks: Watermarks | undefined): number =>
        watermarks?.of(scope.role, windows.idleAfterMs) ?? -Infinity;
      return {
        closedUntilMs: timeOf(latest) - windows.allowedLatenessMs,
        matureUntilMs: timeOf(settled) - outcomes.horizonMs,
      };
    },
  };
}
