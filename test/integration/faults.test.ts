import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultOptions, readFaultOptions } from '../faults/options.ts';
import { runFaultsOn } from '../faults/run.ts';
import { type Ground, startGround } from '../faults/world.ts';

/** The harness of `npm run faults` itself: a few faults on the product as it is. */
/** A minute or two, where nothing else runs. */
const TIMEOUT_MS = 600_000;
const telling = { log: () => {}, signal: new AbortController().signal };
let ground: Ground;

beforeAll(async () => {
  ground = await startGround(telling.log);
}, 180_000);
afterAll(() => ground.close(false), 60_000);

function choose(...only: string[]): FaultOptions {
  return { ...readFaultOptions(['--seed', '1']), only };
}

test(
  'a few faults leave each lead answered once, and each row and window as a drift in peace makes it',
  async () => {
    const faults = [
      'scorer ends before commit',
      'clock of a scorer two hours ahead, and back',
      'drift ends after rows, before their marks',
      'ClickHouse killed in the middle of an insert',
    ];
    const report = await runFaultsOn(ground, 'sound.', choose(...faults), telling);
    // How soon is left to a machine that does nothing else.
    expect(report).toMatchObject({ faults: faults.length, skipped: [], found: [] });
    expect(report.recovery.filter(({ answered }) => answered.longestMs >= 90_000)).toEqual([]);
    expect(report.verdict.leads).toBeGreaterThan(1_000);
    expect(report.rows.tables.filter(({ rows, mayBeLate }) => rows === 0 && !mayBeLate)).toEqual([]);
  },
  TIMEOUT_MS,
);
