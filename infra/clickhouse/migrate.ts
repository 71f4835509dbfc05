import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  createClickHouse,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@scoreline/runtime/clickhouse/client.ts';

/** A file `NNNN_name.sql`. */
interface Migration {
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly string[];
}

/**
 * Creates the database and runs the numbered files of a folder that it hasn't seen, in order; their names. A file
 * is several statements, each ended by a semicolon at a line's end, run with the database selected. It is
 * recorded, with its hash, when all of them have run; one that failed halfway runs again from its start, so
 * statements are written to bear that (`IF NOT EXISTS`). Throws, before anything runs, when a file that was run
 * has changed or is gone.
 */
export async function migrate({
  clickHouse,
  folder,
}: {
  clickHouse: ClickHouseSettings;
  folder: string;
}): Promise<string[]> {
  await createDatabase(clickHouse);
  const client = createClickHouse(clickHouse);
  try {
    await client.command({ query: SCHEMA_MIGRATIONS });
    const migrations = readMigrations(folder);
    const pending = findPending(migrations, await readApplied(client), folder);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

const SCHEMA_MIGRATIONS = `
  CREATE TABLE IF NOT EXISTS schema_migrations
  (
    name String COMMENT 'File of infra/clickhouse/migrations.',
    sha256 String COMMENT 'Of the file as it was run.',
    applied_at DateTime DEFAULT now() COMMENT 'When all its statements had run.'
  )
  ENGINE = MergeTree ORDER BY name
  COMMENT 'Which migrations this database has had.'`;

/** With the default database: a request that selects one that isn't there is refused. */
async function createDatabase(settings: ClickHouseSettings): Promise<void> {
  const client = createClickHouse({ ...settings, database: 'default' });
  try {
    await client.command({
      query: 'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
      query_params: { database: settings.database },
    });
  } finally {
    await client.close();
  }
}

/** The migrations of a folder in their order; throws for a file whose name has no number, or one that is taken. */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const numbers = new Set<string>();
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (number === undefined) throw new Error(`${join(folder, name)}: a migration is called NNNN_name.sql`);
    if (numbers.has(number))
      throw new Error(`${join(folder, name)}: number ${number} is taken; give it the next one`);
    numbers.add(number);
  }
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return {
      name,
      sha256: createHash('sha256').update(text).digest('hex'),
      statements: splitStatements(text),
    };
  });
}

/** Statements of a file: cut at semicolons that end a line; lines of comment alone are left out. */
export function splitStatements(text: string): string[] {
  const code = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n');
  return code
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function findPending(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
  folder: string,
): Migration[] {
  const names = new Set(migrations.map(({ name }) => name));
  for (const name of applied.keys()) {
    if (names.has(name)) continue;
    throw new Error(
      `the database has had migration ${name}, which is not in ${folder}: it is newer than this checkout`,
    );
  }
  for (const { name, sha256 } of migrations) {
    if ((applied.get(name) ?? sha256) === sha256) continue;
    throw new Error(
      `${join(folder, name)} has changed since it was run: put it back as it was and make the change a new migration`,
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function readApplied(client: ClickHouseClient): Promise<Map<string, string>> {
  const answer = await client.query({
    query: 'SELECT name, sha256 FROM schema_migrations',
    format: 'JSONEachRow',
  });
  const rows = await answer.json<{ name: string; sha256: string }>();
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

async function apply(client: ClickHouseClient, { name, sha256, statements }: Migration): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    try {
      await client.command({ query: statement });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`migration ${name}, statement ${index + 1} of ${statements.length}: ${reason}`, {
        cause: error,
      });
    }
  }
  await client.insert({ table: 'schema_migrations', values: [{ name, sha256 }], format: 'JSONEachRow' });
}
