import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import { readSamples } from './exposition.ts';
import { readUsage, spendBetween, type Usage } from './spend-between.ts';

const GIB = 2 ** 30;
const PAGE = `# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total{service="scorer"} 12.5
process_cpu_user_seconds_total{service="scorer"} 10
process_resident_memory_bytes{service="scorer"} ${GIB} 1700000000000
process_start_time_seconds{service="scorer"} 1700000000
scoreline_scores_out_total{model="a \\"b\\" \\\\ {c}",version="1.0.0"} 3e4
odd{} +Inf
not a sample
`;

describe('readSamples', () => {
  it('reads names, labels with anything in them, values and time stamps', () => {
    expect(readSamples(PAGE, new Set(['scoreline_scores_out_total', 'odd']))).toEqual([
      { name: 'scoreline_scores_out_total', labels: { model: 'a "b" \\ {c}', version: '1.0.0' }, value: 3e4 },
      { name: 'odd', labels: {}, value: Infinity },
    ]);
  });
});

describe('readUsage', () => {
  it('takes what a Node process says of itself', () => {
    expect(readUsage(PAGE, 5)).toEqual({
      service: 'scorer',
      atMs: 5,
      startedAtMs: 1_700_000_000_000,
      cpuSeconds: 12.5,
      memoryBytes: GIB,
    });
  });

  it('is undefined for a page of something else', () => {
    expect(readUsage('<html></html>', 5)).toBeUndefined();
    expect(readUsage('process_cpu_seconds_total 1\n', 5)).toBeUndefined();
    expect(readUsage(PAGE.replace(' 12.5', ' NaN'), 5)).toBeUndefined();
  });
});

const usage = (more: Partial<Usage>): Usage => ({
  service: 'scorer',
  atMs: 60_000,
  startedAtMs: 0,
  cpuSeconds: 10,
  memoryBytes: GIB,
  ...more,
});

describe('spendBetween', () => {
  it('is the difference of two looks, memory being their mean', () => {
    const now = usage({ atMs: 120_000, cpuSeconds: 40, memoryBytes: 3 * GIB });
    expect(spendBetween(usage({}), now)).toEqual({
      state: 'running',
      seconds: 60,
      cpuSeconds: 30,
      memoryGibSeconds: 120,
    });
  });

  it('spans the time in which the instance did not answer', () => {
    const now = usage({ atMs: 360_000, cpuSeconds: 70 });
    expect(spendBetween(usage({}), now)).toMatchObject({ seconds: 300, cpuSeconds: 60 });
  });

  it('counts a new process from its start, not from minus its forerunner', () => {
    const restarted = usage({ atMs: 120_000, startedAtMs: 100_000, cpuSeconds: 2 });
    expect(spendBetween(usage({}), restarted)).toEqual({
      state: 'restarted',
      seconds: 20,
      cpuSeconds: 2,
      memoryGibSeconds: 20,
    });
    // It has used more by now than its forerunner ever had.
    const busy = usage({ atMs: 120_000, startedAtMs: 100_000, cpuSeconds: 15 });
    expect(spendBetween(usage({}), busy)).toMatchObject({ state: 'restarted', cpuSeconds: 15 });
  });

  it('knows nothing at the first look, but all of a process that has just begun', () => {
    const old = usage({ atMs: 3_600_000 });
    expect(spendBetween(undefined, old)).toMatchObject({ state: 'first', cpuSeconds: 0, seconds: 0 });
    const young = { state: 'first', seconds: 60, cpuSeconds: 10, memoryGibSeconds: 60 };
    expect(spendBetween(undefined, usage({}))).toEqual(young);
  });
});

it('an hour of two cores and 4 GiB costs what the prices say', () => {
  const prices = { cpuHour: 0.04, memoryGibHour: 0.005, currency: 'EUR', perThousand: null };
  expect(costOf({ cpuSeconds: 7_200, memoryGibSeconds: 4 * 3_600 }, prices)).toBeCloseTo(0.1, 12);
});
