import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { ComparedWindows } from '@scoreline/core/drift/compared-windows.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { WindowRole } from '../../streams.ts';

/** What a query must know beside the result itself. */
export interface QueryContext {
  readonly window: WindowIdentity;
  readonly role: WindowRole;
  /** Needed for features and scores, not for pairs and operations. */
  readonly reference?: Reference | undefined;
  /** The earlier windows that stand for the reference's counts; without them the package's do. */
  readonly comparedWith?: ComparedWindows | undefined;
  /** Needed for what depends on the policy beside the result. */
  readonly policy?: CompletePolicy | undefined;
  /** Needed for what outcomes tell. */
  readonly baselines?: Baselines | undefined;
}

/** What a cohort was compared with, which its rows don't say. */
export interface Baselines {
  readonly trainingAuc: number | null;
  readonly referenceAuc: number | null;
  readonly aucMinimum: number | null;
  readonly topBand: string;
  /** Start of the earliest cohort that it was compared with; null: of none. */
  readonly earlierFromMs: number | null;
}

/** Writes the SQL that gives a result's value. */
export type AlertQuery = (result: DriftResult, context: QueryContext) => string;
