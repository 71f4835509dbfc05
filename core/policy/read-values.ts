import type { Levels } from '../contracts/policy.ts';
import { type Duration, parseDuration } from '../windows/duration.ts';

/** Levels as given, or the defaults `[warning, critical]`; a warning above its critical is a problem. */
export function readLevels(
  place: string,
  given: Levels | undefined,
  [warning, critical]: readonly [number, number],
  problems: string[],
): Levels {
  const levels = given ?? { warning, critical };
  if (levels.warning > levels.critical) {
    problems.push(`${place}: warning ${levels.warning} is above critical ${levels.critical}`);
  }
  return levels;
}

/** Each text as a duration. */
export function readDurations(
  place: string,
  texts: readonly string[],
  problems: string[],
): readonly Duration[] {
  return texts.map((text) => readDuration(place, text, problems));
}

/** Of a text that is no duration: no real one is as long. */
const MAX_QUOTED = 100;

/** A text that is no duration is reported and stands as a minute, so that the checks after it can go on. */
export function readDuration(place: string, text: string, problems: string[]): Duration {
  const duration = parseDuration(text);
  if (duration !== null) return duration;
  problems.push(
    `${place}: ${JSON.stringify(text.slice(0, MAX_QUOTED))} is not one of PT10M, PT1H, P1D, P1W, P1M, P3M, P1Y or the like`,
  );
  return { text, unit: 'fixed', lengthMs: 60_000, offsetMs: 0 };
}

/** Milliseconds of a duration whose length is fixed; months are a problem. */
export function readSpan(place: string, text: string, problems: string[]): number {
  const duration = readDuration(place, text, problems);
  if (duration.unit === 'fixed') return duration.lengthMs;
  problems.push(`${place}: ${text} differs from month to month; give days (P30D)`);
  return 0;
}
