import type { Bins } from '@scoreline/core/contracts/reference.ts';
import type { QueryParams } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { type PlannedWindow, rangesOf } from './plan.ts';

/** `(column >= … AND column < …) OR …` over the time that the windows cover; whole numbers, so nothing to escape. */
export function inWindows(column: string, windows: readonly { startMs: number; endMs: number }[]): string {
  const ranges = rangesOf(windows).map(
    ({ fromMs, toMs }) => `(${column} >= ${timeLiteral(fromMs)} AND ${column} < ${timeLiteral(toMs)})`,
  );
  return ranges.length === 0 ? '0' : `(${ranges.join(' OR ')})`;
}

/** A DateTime64(3, 'UTC') of SQL. */
export function timeLiteral(timeMs: number): string {
  return `fromUnixTimestamp64Milli(toInt64(${timeMs}), 'UTC')`;
}

/** Start of the planned window that a time falls in; the caller's WHERE keeps other times out. */
export function windowOf(column: string): string {
  return `roundDown(toUnixTimestamp64Milli(${column}), {starts:Array(Int64)})`;
}

/** Columns that each row of a window table begins with, from its start `s`. */
export const WINDOW_COLUMNS = 'model, model_version, role, window_size, window_start, window_end, revision';
export const WINDOW_VALUES = `{model:String}, {version:String}, {role:String}, {size:String},
    fromUnixTimestamp64Milli(s, 'UTC'),
    fromUnixTimestamp64Milli(transform(s, {starts:Array(Int64)}, {ends:Array(Int64)}, toInt64(0)), 'UTC'),
    transform(s, {starts:Array(Int64)}, {revisions:Array(UInt32)}, toUInt32(0))`;

/** The parameters that `WINDOW_VALUES` and `windowOf` need. Starts ascend, as `roundDown` wants them. */
export function windowParams(scope: Scope, size: string, windows: readonly PlannedWindow[]): QueryParams {
  const sorted = windows.toSorted((a, b) => a.startMs - b.startMs);
  return {
    ...scopeParams(scope),
    size,
    starts: sorted.map(({ startMs }) => startMs),
    ends: sorted.map(({ endMs }) => endMs),
    revisions: sorted.map(({ revision }) => revision),
    forgotten: sorted.map(({ forgotten }) => forgotten),
  };
}

export const IN_SCOPE =
  'model = {model:String} AND model_version = {version:String} AND role = {role:String}';

export function scopeParams({ model, modelVersion, role }: Scope): QueryParams {
  return { model, version: modelVersion, role };
}

/** SQL of the reference bin of a number, as `core/drift/binner.ts` finds it. */
export function binOfNumber(column: string, bins: Bins): string {
  if (bins.type === 'edges')
    return `arrayCount(edge -> edge < ${column}, [${bins.edges.map(floatLiteral).join(', ')}])`;
  const values = bins.type === 'values' ? bins.values : [];
  const found = `indexOf([${values.map(floatLiteral).join(', ')}]::Array(Float64), ${column})`;
  return `if(${found} = 0, ${values.length}, ${found} - 1)`;
}

/** A Float64 of SQL, exact. */
function floatLiteral(value: number): string {
  return /[.e]/.test(String(value)) ? String(value) : `${value}.`;
}
