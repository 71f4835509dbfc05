import { fileURLToPath } from 'node:url';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { type Database, createDatabase, type QueryParams } from '@scoreline/runtime/clickhouse/database.ts';
import { createLeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { publishDecisions } from '@scoreline/drift/alerts/publish-decisions.ts';
import { createCandidates } from '@scoreline/drift/candidates.ts';
import { marksOf, type VersionName } from '@scoreline/drift/ingest/marks.ts';
import { clockOf } from '@scoreline/drift/ingest/decode.ts';
import { toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { createSuppressedLeads } from '@scoreline/drift/erasure/suppressed-leads.ts';
import type { Part } from '@scoreline/drift/ingest/part.ts';
import { createStore } from '@scoreline/drift/ingest/store.ts';
import { createModelCatalog, type ModelCatalog } from '@scoreline/drift/models.ts';
import { createPerformanceTurn } from '@scoreline/drift/performance/performance-turn.ts';
import type { CloseEvents } from '@scoreline/drift/windows/close-together.ts';
import { closeWindows } from '@scoreline/drift/windows/close-windows.ts';
import { createFailingWindows } from '@scoreline/drift/windows/failing-windows.ts';
import { readWatermarks } from '@scoreline/drift/windows/watermarks.ts';

const MIGRATIONS = fileURLToPath(new URL('../../infra/clickhouse/migrations', import.meta.url));
const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** Drift's two halves on a database of their own, without Kafka between the test and them. */
export interface DriftRoom {
  readonly database: Database;
  readonly models: ModelCatalog;
  /** What has been published on scoring-alerts, oldest first. */
  readonly alerts: ScoringAlert[];
  /** As if these stood in one batch of the partition: rows, marks, progress. */
  feed(
    scores: readonly LeadScored[],
    at?: Partial<Pick<Part, 'stream' | 'partition' | 'firstOffset'>>,
  ): Promise<void>;
  /** Turns of the task that closes windows until nothing is left to do; how many it closed. */
  close(): Promise<number>;
  /** Turns of the task that measures outcomes until nothing is left to do; as if all of them had been read. */
  measure(): Promise<void>;
  publish(): Promise<void>;
  /** The next insert into this table throws, before it has been done or after: a crash there. */
  crashAt(table: string, when: 'before' | 'after'): void;
  /** From now on commands (INSERT … SELECT) of which this says so fail as one that takes too long does. */
  refuse(commands: (sql: string, params: QueryParams) => boolean): void;
  /** Right after the next query whose SQL holds this text has been answered: what comes in meanwhile. */
  afterQuery(text: string, run: () => Promise<void>): void;
  end(): Promise<void>;
}

const SILENT: CloseEvents = {
  windowsClosed: () => {},
  windowsExpired: () => {},
  withoutReference: () => {},
  candidateSilent: () => {},
  windowFailed: (_, error) => {
    throw error;
  },
  windowsFailing: () => {},
  watermarkMoved: () => {},
};

/**
 * Opens a room; `policyOf` changes what a package's policy says. Synthetic leads' features are drawn each for itself:
 * that they no longer go together would be an alert in every room, and is none here.
 */
export async function openDriftRoom(
  clickHouseUrl: string,
  options: {
    readonly policyOf?: (policy: CompletePolicy) => CompletePolicy;
    readonly candidates?: readonly VersionName[];
    readonly events?: Partial<CloseEvents>;
    readonly nowMs?: () => number;
    readonly modelsDir?: string;
    readonly mostOfScope?: number;
    readonly mostSampledPairs?: number;
    readonly erasureKey?: string;
  } = {},
): Promise<DriftRoom> {
  const settings = { url: clickHouseUrl, database: `drift_${Math.random().toString(36).slice(2)}` };
  await migrate({ clickHouse: settings, folder: MIGRATIONS });
  const faults: Faults = { planned: new Map(), isClosing: false, hasCrashed: false };
  const arrivals = new Map<string, () => Promise<void>>();
  const database = withArrivals(withFaults(createDatabase(settings), faults), arrivals);
  const nowMs = options.nowMs ?? Date.now;
  const models = withPolicy(
    createModelCatalog({
      modelsDir: options.modelsDir ?? MODELS,
      nowMs,
      database,
      events: { modelKnown: () => {}, modelUnknown: () => {}, segmentsLeftOut: () => {} },
    }),
    options.policyOf,
  );
  const candidates = createCandidates(options.candidates ?? [], [], nowMs);
  const hasher = options.erasureKey === undefined ? undefined : createLeadHasher(options.erasureKey);
  const store = createStore({
    database,
    events: { rowsStored: () => {}, rowsLeftOut: () => {}, clickHouseAway: () => {} },
    loadSuppressed: createSuppressedLeads({ database, hasher, nowMs }),
    nowMs,
  });
  const failing = createFailingWindows(nowMs);
  const alerts: ScoringAlert[] = [];
  const measureTurn = createPerformanceTurn({
    database,
    models,
    events: { cohortsMeasured: () => {} },
    nowMs,
    isOwner: () => true,
    readClocks: async () => ({
      watermarks: await readWatermarks(database, nowMs()),
      outcomesUntilMs: Infinity,
    }),
    lookEveryMs: 0,
  });
  return {
    database,
    models,
    alerts,
    async feed(scores, at = {}) {
      const versions = scores.map((score) => ({ model: score.model, modelVersion: score.model_version }));
      await models.learn([
        ...new Map(versions.map((version) => [JSON.stringify(version), version])).values(),
      ]);
      for (const { role, model, model_version: modelVersion } of scores) {
        if (role === 'shadow') candidates.seen({ model, modelVersion });
      }
      await models.learn(candidates.expected());
      await store.flush([
        {
          stream: 'lead-scores',
          partition: 0,
          firstTimestampMs: 0,
          lastTimestampMs: 0,
          firstOffset: scores[0]?.source.offset ?? 0,
          lastOffset: scores.at(-1)?.source.offset ?? 0,
          ...at,
          rowCount: scores.length,
          table: 'lead_scores',
          rows: scores.map(toScoreRow),
          marks: marksOf(scores, models.policyOf, candidates.expected()),
          maxEventTimeMs: clockOf(scores).maxEventTimeMs,
          isLive: scores.some(({ role }) => role !== 'backtest'),
        },
      ]);
    },
    async close() {
      const { events, mostOfScope, mostSampledPairs } = options;
      const deps = {
        database,
        models,
        events: { ...SILENT, ...events },
        nowMs,
        mostOfScope,
        mostSampledPairs,
        failing,
        isOwner: () => true,
      };
      let closed = 0;
      faults.isClosing = true;
      try {
        for (let turn = await closeWindows(deps); ; turn = await closeWindows(deps)) {
          closed += turn.windows;
          if (turn.failures.length > 0) throw turn.failures[0];
          if (!turn.isMore) return closed;
        }
      } finally {
        faults.isClosing = faults.hasCrashed = false;
      }
    },
    async measure() {
      while ((await measureTurn()) === 'more');
    },
    async publish() {
      const publish = async (published: readonly ScoringAlert[]): Promise<void> =>
        void alerts.push(...published);
      const silencesUnread = (error: unknown): void => {
        throw error;
      };
      await publishDecisions(database, publish, { nowMs: nowMs(), isOwner: () => true, silencesUnread });
    },
    crashAt: (table, when) => void faults.planned.set(table, when),
    refuse: (commands) => void (faults.refuses = commands),
    afterQuery: (text, run) => void arrivals.set(text, run),
    async end() {
      await database.command(`DROP DATABASE ${settings.database}`);
      await database.close();
    },
  };
}

interface Faults {
  readonly planned: Map<string, 'before' | 'after'>;
  /** A turn that closes windows ends with the crash in it, as its process would. */
  isClosing: boolean;
  hasCrashed: boolean;
  refuses?: (sql: string, params: QueryParams) => boolean;
}

function withFaults(database: Database, faults: Faults): Database {
  const live = (): void => {
    if (faults.hasCrashed) throw new Error('crashed before');
  };
  return {
    ...database,
    async query<T>(sql: string, params?: QueryParams) {
      live();
      return database.query<T>(sql, params);
    },
    async command(sql, params = {}) {
      live();
      if (faults.refuses?.(sql, params) ?? false) throw new Error('the statement took too long');
      await database.command(sql, params);
    },
    async insert(table, rows) {
      live();
      const fault = rows.length > 0 ? faults.planned.get(table) : undefined;
      if (fault !== 'before') await database.insert(table, rows);
      if (fault === undefined) return;
      faults.planned.delete(table);
      faults.hasCrashed = faults.isClosing;
      throw new Error(`crash ${fault} the insert into ${table}`);
    },
  };
}

function withArrivals(database: Database, arrivals: Map<string, () => Promise<void>>): Database {
  return {
    ...database,
    async query<T>(sql: string, params?: QueryParams) {
      const rows = await database.query<T>(sql, params);
      const [text, run] = [...arrivals].find(([each]) => sql.includes(each)) ?? [];
      if (text !== undefined) arrivals.delete(text);
      await run?.();
      return rows;
    },
  };
}

function withPolicy(
  models: ModelCatalog,
  asked: (policy: CompletePolicy) => CompletePolicy = (same) => same,
): ModelCatalog {
  const change = (policy: CompletePolicy): CompletePolicy => asked(withoutJointAlarm(policy));
  return {
    ...models,
    policyOf: (version) => change(models.policyOf(version)),
    packageOf(version): ModelPackage | undefined {
      const known = models.packageOf(version);
      return known && { ...known, policy: change(known.policy) };
    },
  };
}

function withoutJointAlarm({ drift, ...policy }: CompletePolicy): CompletePolicy {
  const alarmOn = new Set([...drift.alarmOn].filter((statistic) => statistic !== 'mahalanobis'));
  return { ...policy, drift: { ...drift, alarmOn } };
}
