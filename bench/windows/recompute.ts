import { closeWindows } from '@scoreline/drift/windows/close-windows.ts';
import { createModelCatalog } from '@scoreline/drift/models.ts';
import { createFailingWindows } from '@scoreline/drift/windows/failing-windows.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';

/**
 * A process that computes all dirty windows, turn by turn, as the drift service does, and prints as JSON how many
 * there were, how long it took and how large it became.
 *
 * Usage: node recompute.ts CLICKHOUSE_URL DATABASE MODELS_DIR
 */
const [url = '', name = '', modelsDir = ''] = process.argv.slice(2);
const quiet = (): void => {};

const database = createDatabase({ url, database: name, requestTimeoutMs: 60_000 });
const events = {
  modelKnown: quiet,
  segmentsLeftOut: quiet,
  modelUnknown(_version: unknown, reason: string) {
    throw new Error(reason);
  },
  windowsClosed: quiet,
  windowsExpired: quiet,
  windowsFailing: quiet,
  windowFailed(_failed: unknown, error: unknown) {
    throw error;
  },
};
const silent = { ...events, withoutReference: quiet, candidateSilent: quiet, watermarkMoved: quiet };
const models = createModelCatalog({ modelsDir, database, events: silent, nowMs: Date.now });

const startedAtMs = Date.now();
const turnsMs: number[] = [];
const failing = createFailingWindows(Date.now);
let windows = 0;
for (let isMore = true; isMore;) {
  const turnAtMs = Date.now();
  const closed = await closeWindows({
    database,
    models,
    events: silent,
    failing,
    nowMs: Date.now,
    isOwner: () => true,
  });
  if (closed.failures.length > 0) throw closed.failures[0];
  windows += closed.windows;
  isMore = closed.isMore;
  turnsMs.push(Date.now() - turnAtMs);
}
await database.close();
const seconds = (Date.now() - startedAtMs) / 1_000;
const { user, system } = process.cpuUsage();
const drift = { peakMb: process.resourceUsage().maxRSS / 1_024, cpuSeconds: (user + system) / 1e6 };
console.log(JSON.stringify({ windows, seconds, longestTurnMs: Math.max(...turnsMs), drift }));
