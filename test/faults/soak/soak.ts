import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import type { World } from '../world.ts';
import { describeTrends, type LatencyDrift, thirdsOf, type Trend, TREND_LIMITS } from './trends.ts';
import { type Vitals, watchVitals } from './vitals.ts';

/** What a long run under load tells of the processes that nothing was done to. */
export interface SoakVerdict {
  readonly trends: readonly Trend[];
  /** One sample in six, about a minute's: to see the course behind a trend. */
  readonly course: Readonly<Record<string, readonly Vitals[]>>;
  readonly latency: LatencyDrift;
  readonly problems: readonly string[];
}

/** A last third that is this many times slower than the first has drifted. */
const LATENCY_RATIO = 2;
/** Below this nobody minds. */
const LATENCY_FLOOR_MS = 500;
/** A slope of minutes is the warm-up's. */
const JUDGED_AFTER_MINUTES = 20;

/** The world as faults of processes see it: the second of each role is left alone, so that its whole life is watched. */
export function spareSeconds(world: World): World {
  const first = <T>(members: readonly T[]): readonly T[] => members.slice(0, 1);
  return {
    ...world,
    scorers: first(world.scorers),
    shadows: first(world.shadows),
    drifts: first(world.drifts),
  };
}

/** Watches the second of each role; what it gives ends that with the verdict. */
export function watchSoak({ scorers, shadows, drifts, clickHouse, env }: World): () => Promise<SoakVerdict> {
  const watched = [scorers, shadows, drifts].flatMap((members) => members.slice(1));
  const watch = watchVitals(watched);
  const begunAt = performance.now();
  return async () => {
    const signs = await watch.stop();
    const trends = describeTrends(signs);
    const course = Object.fromEntries(
      [...signs].map(([member, samples]) => [member, samples.filter((_, i) => i % 6 === 0)]),
    );
    const latency = await readLatencies(clickHouse.directUrl, env.CLICKHOUSE_DATABASE);
    const isLong = performance.now() - begunAt > JUDGED_AFTER_MINUTES * 60_000;
    return { trends, course, latency, problems: isLong ? findDrifts(trends, latency) : [] };
  };
}

function findDrifts(trends: readonly Trend[], { firstThirdMs, lastThirdMs }: LatencyDrift): string[] {
  const { rssMbPerHour, handlesPerHour } = TREND_LIMITS;
  const leaks = trends.flatMap(({ member, rssMb, handles }) => [
    ...(rssMb.perHour > rssMbPerHour
      ? [`${member}: memory grows by ${Math.round(rssMb.perHour)} MB an hour`]
      : []),
    ...(handles.perHour > handlesPerHour
      ? [`${member}: ${Math.round(handles.perHour)} handles more every hour`]
      : []),
  ]);
  const isSlower = lastThirdMs > Math.max(LATENCY_FLOOR_MS, LATENCY_RATIO * firstThirdMs);
  return isSlower
    ? [...leaks, `latency: p95 of ${Math.round(firstThirdMs)} ms became ${Math.round(lastThirdMs)} ms`]
    : leaks;
}

/** By minute, of production's leads. */
async function readLatencies(url: string, name: string): Promise<LatencyDrift> {
  const database = createDatabase({ url, database: name });
  try {
    const rows = await database.query<{ ms: number }>(
      `SELECT quantile(0.95)(greatest(0, toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp))) AS ms
      FROM scores WHERE role = 'production' GROUP BY toStartOfMinute(source_timestamp) AS minute ORDER BY minute`,
    );
    const p95Ms = rows.map(({ ms }) => ms);
    const { first, last } = thirdsOf(p95Ms);
    return { p95Ms, firstThirdMs: first, lastThirdMs: last };
  } finally {
    await database.close();
  }
}
