import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addRun, type RunSummary } from './runs.ts';

const RUN: RunSummary = {
  date: '2026-01-02',
  seed: 7,
  cores: 2,
  minutes: 19.5,
  faults: 79,
  leads: 200_000,
  aborted: 4_000,
  lost: 0,
  duplicates: 1,
  phantoms: 0,
  hangingTransactions: 0,
  rows: 450_000,
  unequalRows: 2,
  problems: 2,
};

it('keeps each run as a line of its own, and adds them up', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'scoreline-runs-')), 'runs.json');
  addRun(file, RUN);
  expect(addRun(file, { ...RUN, seed: 8 })).toBe(
    '2 runs: 158 faults, 400,000 leads, 0 lost, 2 twice, 0 of aborted leads; 900,000 rows, 4 not as in peace',
  );
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ seed: 7 }, { seed: 8 }]);
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(4);
});
