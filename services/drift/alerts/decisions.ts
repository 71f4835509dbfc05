import type { AlertsState, WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';

/** What was decided on one window: the memory afterwards and the changes, stored as one row so that both or none are. */
export interface Decision extends Scope {
  readonly size: string;
  readonly clock: WindowIdentity['clock'];
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
  readonly state: AlertsState;
  readonly changes: readonly ScoringAlert[];
}

/** The memory after the last decided window, by window size; a size that was never decided is left out. */
export async function readAlertsStates(
  database: Database,
  { model, modelVersion, role }: Scope,
  clock: Decision['clock'],
): Promise<ReadonlyMap<string, AlertsState>> {
  const rows = await database.query<{ size: string; state: string }>(
    `SELECT window_size AS size, argMax(state, window_start) AS state
    FROM alert_decisions
    WHERE model = {model:String} AND model_version = {version:String} AND role = {role:String} AND clock = {clock:String}
    GROUP BY window_size`,
    { model, version: modelVersion, role, clock },
  );
  return new Map(rows.map(({ size, state }) => [size, parseState(state)]));
}

/** Where the last decided window of this size starts. */
export async function readLastStart(
  database: Database,
  { model, modelVersion, role }: Scope,
  clock: Decision['clock'],
  size: string,
): Promise<number> {
  const [row] = await database.query<{ last: number }>(
    `SELECT toUnixTimestamp64Milli(max(window_start)) AS last
    FROM alert_decisions
    WHERE model = {model:String} AND model_version = {version:String} AND role = {role:String} AND clock = {clock:String}
      AND window_size = {size:String}`,
    { model, version: modelVersion, role, clock, size },
  );
  return row?.last ?? 0;
}

/** Stores decisions; changes wait there until they stand on the topic (`publishDecisions`). */
export async function storeDecisions(database: Database, decisions: readonly Decision[]): Promise<void> {
  await database.insert('alert_decisions', decisions.map(toRow));
}

function toRow(decision: Decision): object {
  return {
    model: decision.model,
    model_version: decision.modelVersion,
    role: decision.role,
    window_size: decision.size,
    clock: decision.clock,
    window_start: decision.startMs,
    window_end: decision.endMs,
    revision: decision.revision,
    state: formatState(decision.state),
    changes: JSON.stringify(decision.changes),
    published: decision.changes.length === 0 ? 1 : 0,
  };
}

/** Maps as lists of entries; what an alert that was quiet remembers is nothing, and most are. */
export function formatState({ scopes }: AlertsState): string {
  return JSON.stringify(
    [...scopes].map(([key, { memories, ...scope }]) => [
      key,
      { ...scope, memories: [...memories].filter(([, memory]) => !isQuiet(memory)) },
    ]),
  );
}

function isQuiet({ recent, episode, coolDown }: Memory): boolean {
  return episode === null && coolDown === null && recent.every((effect) => effect === 'none');
}

type StoredScopes = [string, { decidedUntilMs: number; memories: [string, StoredMemory][] }][];
type StoredMemory = Omit<Memory, 'coolDown' | 'episode'> &
  Partial<Pick<Memory, 'coolDown'>> & {
    readonly episode: (Omit<Episode, 'isCooling'> & Partial<Pick<Episode, 'isCooling'>>) | null;
  };
type Episode = NonNullable<Memory['episode']>;
type Memory = NonNullable<ReturnType<ScopeState['memories']['get']>>;
type ScopeState = NonNullable<ReturnType<AlertsState['scopes']['get']>>;

export function parseState(text: string): AlertsState {
  const stored = JSON.parse(text) as StoredScopes;
  return {
    scopes: new Map(
      stored.map(([key, scope]) => [
        key,
        { ...scope, memories: new Map(scope.memories.map(([id, memory]) => [id, completeMemory(memory)])) },
      ]),
    ),
  };
}

/** What was stored before alerts had a cool-down says nothing of it. */
function completeMemory(stored: StoredMemory): Memory {
  const { episode, coolDown = null } = stored;
  return { ...stored, coolDown, episode: episode && { ...episode, isCooling: episode.isCooling ?? false } };
}
