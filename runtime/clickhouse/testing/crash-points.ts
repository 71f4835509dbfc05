/**
 * Loaded before drift (`node --import`), for the harness alone: its crash points lie in what the service asks of
 * ClickHouse's client, so the service's own code is the one that runs in production.
 */
import type { CrashPoint } from '../../testing/crash-point.ts';
import { pass } from '../../testing/crash-point.ts';
import { type ClickHouseClient, createClickHouse } from '../client.ts';

type Calls = Pick<ClickHouseClient, 'insert' | 'exec' | 'command'>;

const AROUND: Readonly<Record<string, { readonly before?: CrashPoint; readonly after?: CrashPoint }>> = {
  lead_scores: { before: 'before-rows', after: 'after-rows' },
  dirty_windows: { after: 'after-marks' },
  alert_decisions: { before: 'before-decision', after: 'after-decision' },
};
/** Rows in binary go by a statement. */
const INTO_TABLE = /^INSERT INTO (\w+) FORMAT\b/;
/** Scores of a window are in, its inputs aren't. */
const INTO_WINDOWS = /INSERT INTO score_windows_raw\b/;

const example = createClickHouse({ url: 'http://127.0.0.1', database: 'default' });
const prototype = Object.getPrototypeOf(example) as Calls;
if (!Object.hasOwn(prototype, 'insert') || !Object.hasOwn(prototype, 'exec'))
  throw new Error('the calls of ClickHouse clients are elsewhere by now');
const { insert, exec, command } = prototype;
await example.close();

prototype.insert = function insertOrCrash(this: ClickHouseClient, params) {
  return passAround(params.table, () => insert.call(this, params));
};

prototype.exec = function execOrCrash(this: ClickHouseClient, params) {
  return passAround(INTO_TABLE.exec(params.query)?.[1], () => exec.call(this, params));
};

async function passAround<T>(table: string | undefined, call: () => Promise<T>): Promise<T> {
  const { before, after } = AROUND[table ?? ''] ?? {};
  if (before !== undefined) pass(before);
  const answer = await call();
  if (after !== undefined) pass(after);
  return answer;
}

prototype.command = async function commandOrCrash(this: ClickHouseClient, params) {
  const answer = await command.call(this, params);
  if (INTO_WINDOWS.test(params.query)) pass('in-window');
  return answer;
};
