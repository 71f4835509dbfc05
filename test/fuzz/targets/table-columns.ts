import { readFileSync } from 'node:fs';

/** Whether a table takes a row as drift inserts it: what it would refuse or store as something else, or undefined. */
export type RowCheck = (row: Readonly<Record<string, unknown>>) => string | undefined;

type FitsColumn = (value: unknown) => boolean;

const MIGRATION = new URL('../../../infra/clickhouse/migrations/0001_topics_as_read.sql', import.meta.url);
const FIRST_TIME_MS = Date.UTC(1900, 0, 1);
const LAST_TIME_MS = Date.UTC(2300, 0, 1) - 1;

/** By the table's own columns, as its migration makes them. */
export function createRowCheck(table: string): RowCheck {
  const columns = readColumns(table);
  return (row) => {
    const misfit = Object.entries(row).find(([name, value]) => columns.get(name)?.(value) === false);
    return misfit && `${table}.${misfit[0]} does not take ${JSON.stringify(misfit[1])?.slice(0, 100)}`;
  };
}

function readColumns(table: string): ReadonlyMap<string, FitsColumn> {
  const sql = readFileSync(MIGRATION, 'utf8');
  const body = sql.slice(sql.indexOf(`CREATE TABLE IF NOT EXISTS ${table}\n`)).split('ENGINE', 1)[0] ?? '';
  const lines = body.matchAll(/^ {4}(?<name>\w+) (?<type>.+?) (?:DEFAULT|COMMENT) /gm);
  return new Map([...lines].map(({ groups }) => [groups?.['name'] ?? '', fitOf(groups?.['type'] ?? '')]));
}

function fitOf(type: string): FitsColumn {
  const within = /^(?<outer>Nullable|Array|LowCardinality)\((?<inner>.*)\)$/.exec(type)?.groups;
  if (within !== undefined) {
    const fits = fitOf(within['inner'] ?? '');
    if (within['outer'] === 'Nullable') return (value) => value === null || fits(value);
    if (within['outer'] === 'Array') return (value) => Array.isArray(value) && value.every(fits);
    return fits;
  }
  const bits = /^UInt(\d+)$/.exec(type)?.[1];
  if (bits !== undefined) return (value) => isWithin(value, 0, Math.min(2 ** Number(bits), 2 ** 53) - 1);
  if (type.startsWith('DateTime64')) return (value) => isWithin(value, FIRST_TIME_MS, LAST_TIME_MS);
  if (type === 'String') return (value) => typeof value === 'string' && value.isWellFormed();
  // JSON has no infinity: ClickHouse stores null, or 0 where the column has none.
  if (type === 'Float64') return (value) => typeof value === 'number' && Number.isFinite(value);
  if (type === 'Bool') return (value) => typeof value === 'boolean';
  return () => true;
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
