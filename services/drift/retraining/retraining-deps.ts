import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type {
  RetrainingCommands,
  RetrainingProjection,
} from '@scoreline/runtime/retraining/retraining-log.ts';
import type { ModelCatalog } from '../models.ts';

/** What looking after retraining works with. */
export interface RetrainingDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly projection: Pick<RetrainingProjection, 'state' | 'untilCaughtUp'>;
  readonly commands: RetrainingCommands;
  readonly nowMs: () => number;
  /** Whether it is this instance that decides; asked again right before something is written. */
  readonly isOwner: () => boolean;
  readonly events: RetrainingWatchEvents;
}

export interface RetrainingWatchEvents {
  retrainingRequested(request: RetrainingRequested): void;
}
