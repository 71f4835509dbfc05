import {
  ClickHouseUnavailable,
  createDatabase,
  type Database,
} from '@scoreline/runtime/clickhouse/database.ts';
import {
  KEPT_FOR_EVER,
  readRetentions,
  RetentionRefused,
  setRetention,
  type TableRetention,
} from '@scoreline/runtime/clickhouse/retention.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { requireErasureConfig } from '../erasure/config.ts';
import { CommandFailed } from '../registry/with-started.ts';
import { renderTables, type Table } from '../reports/table.ts';
import { runCommand } from './run-command.ts';

const REQUEST_TIMEOUT_MS = 60_000;
const MOST_DAYS = 36_500;

/** `scoreline retention show` and `set`: how long ClickHouse's tables keep their rows. */
export function addRetentionCommands(program: Command): void {
  const retention = program.command('retention').description('How long tables keep their rows.');
  retention
    .command('show')
    .description('Print the retention of every table, and what it holds.')
    .action(() => runCommand(() => withDatabase(showRetentions)));
  retention
    .command('set')
    .description("Choose a table's days. Rows that are too old by it go with the next merges.")
    .argument('<table>', 'as retention show names it')
    .argument('<days>', 'since a row was ingested, computed or decided', readDays)
    .action((table: string, days: number) =>
      runCommand(() =>
        withDatabase(async (database) => {
          await setRetention(database, table, days);
          return { ok: true, lines: [`✓ ${table} keeps its rows for ${days} days`] };
        }),
      ),
    );
}

async function showRetentions(database: Database) {
  const retentions = await readRetentions(database);
  return { ok: true, lines: renderTables([describeRetentions(retentions)], 'text') };
}

function describeRetentions(retentions: readonly TableRetention[]): Table {
  return {
    title: 'Retention',
    columns: ['table', 'days', 'since', 'rows', 'MB'],
    rows: retentions.map(({ table, days, column, isFree, rows, bytes }) => [
      table,
      days === null ? 'kept' : `${days}${isFree ? '' : ' (fixed)'}`,
      days === null ? (KEPT_FOR_EVER[table] ?? '') : column,
      String(rows),
      (bytes / 1e6).toFixed(1),
    ]),
  };
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const config = requireErasureConfig(process.env);
  const database = createDatabase(toClickHouseSettings(config, REQUEST_TIMEOUT_MS));
  try {
    return await work(database);
  } catch (error) {
    if (error instanceof RetentionRefused || error instanceof ClickHouseUnavailable)
      throw new CommandFailed(error.message);
    throw error;
  } finally {
    await database.close();
  }
}

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`a whole number of days, 1 to ${MOST_DAYS}`);
}
