/**
 * Loaded before drift (`node --import`), for the harness alone: its crash points lie in what the service asks of
 * ClickHouse's client, so the service's own code is the one that runs in production.
 */
import type { CrashPoint } from '../../testing/crash-point.ts';
import { pass } from '../../testing/crash-point.ts';
import { type ClickHouseClient, createClickHouse } from '../client.ts';

type Calls = Pick<ClickHouseClient, 'insert' | 'command'>;

const AROUND: Readonly<Record<string, { readonly before?: CrashPoint; readonly after?: CrashPoint }>> = {
  lead_scores: { before: 'before-rows', after: 'after-rows' },
  dirty_windows: { after: 'after-marks' },
  alert_decisions: { before: 'before-decision', after: 'after-decision' },
};
/** Scores of a window are in, its inputs aren't. */
const INTO_WINDOWS = /INSERT INTO score_windows_raw\b/;

const example = createClickHouse({ url: 'http://127.0.0.1', database: 'default' });
const prototype = Object.getPrototypeOf(example) as Calls;
if (!Object.hasOwn(prototype, 'insert'))
  throw new Error('the calls of ClickHouse clients are elsewhere by now');
const { insert, command } = prototype;
await example.close();

prototype.insert = async function insertOrCrash(this: ClickHouseClient, params) {
  const { before, after } = AROUND[params.table] ?? {};
  if (before !== undefined) pass(before);
  const answer = await insert.call(this, params);
  if (after !== undefined) pass(after);
  return answer;
};

prototype.command = async function commandOrCrash(this: ClickHouseClient, params) {
  const answer = await command.call(this, params);
  if (INTO_WINDOWS.test(params.query)) pass('in-window');
  return answer;
};
