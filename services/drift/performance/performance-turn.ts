import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { type DueCohort, nextRevision, planCohorts } from '@scoreline/core/performance/plan-cohorts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { storeDecisions } from '../alerts/decisions.ts';
import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import type { Watermarks } from '../windows/watermarks.ts';
import {
  type MeasuredCohort,
  readBases,
  readRecords,
  readScopes,
  storeMetrics,
  storeRecords,
} from './cohort-store.ts';
import { decideCohorts } from './decide-cohorts.ts';
import { createMaturity } from './maturity.ts';
import { measureContextOf } from './model-facts.ts';
import { readCohorts } from './read-cohorts.ts';
import { markTouched } from './touched-cohorts.ts';

export interface PerformanceEvents {
  cohortsMeasured(scope: Scope, cohorts: readonly MeasuredCohort[]): void;
}

export interface PerformanceDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly events: PerformanceEvents;
  readonly nowMs: () => number;
  /** Asked again right before anything is decided. */
  readonly isOwner: () => boolean;
  /** How far event time has come, and until when outcomes have been read. */
  readonly readClocks: () => Promise<{ readonly watermarks: Watermarks; readonly outcomesUntilMs: number }>;
  /** How often outcomes are looked through for cohorts that they change. Default half a minute. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 30_000;
const LOOK_BUDGET_MS = 1_000;
const TURN_BUDGET_MS = 2_000;
/** Read in one statement: cohorts of one kind and size, up to so many, and so many scores. */
const COHORTS_AT_ONCE = 64;
const SCORES_AT_ONCE = 300_000;

/**
 * One turn of measuring performance, done by the owner of partition 0 alone, for about three seconds:
 * 1. mark computed cohorts that outcomes have come for, for about one;
 * 2. per version and role: plan, read, measure, store the metrics;
 * 3. judge, decide each cohort once, store the decisions (published with those of drift);
 * 4. record what was computed, last: what is interrupted is done again, with the same outcome.
 * A look or scope that fails keeps no other from being measured; the turn fails at its end.
 */
export function createPerformanceTurn(deps: PerformanceDeps): () => Promise<'done' | 'more'> {
  const maturity = createMaturity(deps.nowMs);
  let lookedAtMs = -Infinity;
  return async () => {
    if (!deps.isOwner()) return 'done';
    maturity.observe(await deps.readClocks());
    const scopes = await readScopes(deps.database);
    await deps.models.learn(scopes);
    const failures: unknown[] = [];
    let isMore = false;
    const startedAtMs = deps.nowMs();
    if (startedAtMs - lookedAtMs >= (deps.lookEveryMs ?? LOOK_EVERY_MS)) {
      try {
        isMore = (await markTouched({ ...deps, mayGoOn: within(deps, LOOK_BUDGET_MS) }, scopes)) === 'more';
        if (!isMore) lookedAtMs = startedAtMs;
      } catch (error) {
        failures.push(error);
      }
    }
    const mayGoOn = within(deps, TURN_BUDGET_MS);
    for (const scope of scopes) {
      try {
        isMore = (await measureScope(deps, scope, maturity.of(scope, deps.models), mayGoOn)) || isMore;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
    return isMore ? 'more' : 'done';
  };
}

/** Whether so much time from now on is not over yet, and the partition still ours. */
function within({ nowMs, isOwner }: PerformanceDeps, budgetMs: number): () => boolean {
  const startedAtMs = nowMs();
  return () => nowMs() - startedAtMs <= budgetMs && isOwner();
}

/** Whether more of the scope is due. */
async function measureScope(
  deps: PerformanceDeps,
  scope: Scope,
  until: { readonly closedUntilMs: number; readonly matureUntilMs: number },
  mayGoOn: () => boolean,
): Promise<boolean> {
  const known = deps.models.packageOf(scope);
  if (known === undefined) return false;
  const { windows, performance }: CompletePolicy = deps.models.policyOf(scope);
  const due = planCohorts({
    ...until,
    sizes: performance.windows,
    bases: await readBases(deps.database, scope, windows.base.text),
    records: await readRecords(deps.database, scope),
  });
  for (const batch of batchesOf(due)) {
    if (!mayGoOn()) return true;
    await measureBatch(deps, scope, batch, known);
  }
  return false;
}

async function measureBatch(
  { database, events, nowMs, isOwner }: PerformanceDeps,
  scope: Scope,
  batch: readonly DueCohort[],
  known: ModelPackage,
): Promise<void> {
  const now = await readCohorts(database, scope, batch, measureContextOf(known));
  const nowOf = new Map(now.map((cohort) => [cohort.startMs, cohort]));
  const measured = batch.flatMap(({ kind, window, before }): MeasuredCohort[] => {
    const cohort = nowOf.get(window.startMs);
    const revision = cohort === undefined ? null : nextRevision(before, cohort);
    return cohort === undefined || revision === null ? [] : [{ ...cohort, kind, window, revision }];
  });
  await storeMetrics(database, scope, measured);
  const decisions = await decideCohorts(database, scope, measured, known, nowMs());
  if (!isOwner()) return;
  await storeDecisions(database, decisions);
  await storeRecords(database, scope, recordsOf(batch, measured));
  events.cohortsMeasured(scope, measured);
}

/** What is known of each afterwards; where nothing changed or rows are gone, that it has been looked at. */
function recordsOf(
  batch: readonly DueCohort[],
  measured: readonly MeasuredCohort[],
): Parameters<typeof storeRecords>[2] {
  const measuredOf = new Map(measured.map((cohort) => [cohort.window.startMs, cohort]));
  return batch.flatMap(({ kind, window, before, scored }) => {
    const cohort = measuredOf.get(window.startMs);
    const record = cohort ?? before ?? { revision: 0, scored, fingerprint: '' };
    const { revision, fingerprint } = record;
    return [
      {
        kind,
        size: window.size.text,
        startMs: window.startMs,
        revision,
        scored: Math.max(record.scored, scored),
        fingerprint,
        isDirty: false,
      },
    ];
  });
}

/** Neighbours of one kind and size, read together. */
function* batchesOf(due: readonly DueCohort[]): Generator<readonly DueCohort[]> {
  let batch: DueCohort[] = [];
  let scores = 0;
  for (const cohort of due) {
    const [first] = batch;
    const fits =
      first === undefined ||
      (first.kind === cohort.kind &&
        first.window.size.text === cohort.window.size.text &&
        batch.length < COHORTS_AT_ONCE &&
        scores + cohort.scored <= SCORES_AT_ONCE);
    if (!fits) {
      yield batch;
      [batch, scores] = [[], 0];
    }
    batch.push(cohort);
    scores += cohort.scored;
  }
  if (batch.length > 0) yield batch;
}
