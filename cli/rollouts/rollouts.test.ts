import { evaluateExperiment } from '@scoreline/core/experiment/experiment-report.ts';
import type { Arm } from '@scoreline/core/experiment/arm.ts';
import type { CheckName, CheckResult } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { RolloutService } from '@scoreline/runtime/rollouts/rollout-service.ts';
import { openRolloutRoom, type RolloutRoom } from '@scoreline/runtime/rollouts/testing/rollout-room.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeExperiment } from './describe-experiment.ts';
import { describeRollouts, describeStatus } from './describe-status.ts';
import { formatRolloutOutcome } from './format-outcome.ts';
import { collectArm, parseSteps } from './parse-shares.ts';

const anna = { actor: 'anna', reason: 'seen the report' };
const ID = 'tiny-1.1.0-20240101-000000';

let room: RolloutRoom;
let rollout: Rollout;

beforeAll(async () => {
  room = await openRolloutRoom();
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  await room.service.start({ kind: 'canary', version: 'tiny@1.1.0' }, anna);
  rollout = (await readStanding(room.service)).rollout;
});

afterAll(() => room.close());

async function readStanding(service: RolloutService) {
  const status = await service.status(null);
  if (!status.ok) throw new Error(status.message);
  return status.standing;
}

function check(name: CheckName, value: number | null, changed: Partial<CheckResult> = {}): CheckResult {
  const standard = {
    treatment: 'tiny@1.1.0',
    onFailure: 'roll_back',
    state: 'success',
    sample: 1_234,
  } as const;
  return { ...standard, name, value, limit: 0.1, detail: 'told in words', ...changed };
}

test('steps and arms read as people write them', () => {
  expect(parseSteps('10%:P1D, .5:PT6H')).toEqual([
    { share: 0.1, duration: 'P1D' },
    { share: 0.5, duration: 'PT6H' },
  ]);
  expect(collectArm('tiny@1.1.0=12.5%', [])).toEqual([{ ref: 'tiny@1.1.0', share: 0.125 }]);
});

test.each(['10%', '0%:P1D', '200%:P1D', 'x:P1D', '', ':P1D'])("'%s' are no steps", (text) => {
  expect(() => parseSteps(text)).toThrow(/reads <share>|is no share/);
});

test.each(['tiny@1.1.0', 'tiny=10%', 'tiny@1.1.0=ten'])("'%s' is no arm", (text) => {
  expect(() => collectArm(text, [])).toThrow(/reads <name>|is no share/);
});

describe('status', () => {
  test('what is so and what comes next stands first, then why, leads, controller, checks and decisions', async () => {
    room.setChecks([
      check('error_rate', 0.002, { limit: 0.02 }),
      check('latency', 0.31, { limit: 0.5 }),
      check('kpi', -0.04, { state: 'advisory' }),
      check('score_drift', 0.03, { limit: 0.2, onFailure: 'pause' }),
      check('shadow_disagreement', null, { state: 'inconclusive', sample: 0, onFailure: 'pause' }),
      check('sample_ratio', 0.4, { limit: 0.001, onFailure: 'pause' }),
    ]);
    expect(describeStatus(await readStanding(room.service))).toEqual([
      `${ID} is running: 10 % of the leads to tiny@1.1.0, step 1 of 2, 0 s of 1 d; next: 50 % of the leads (at the earliest 2024-01-02 00:00 UTC, in 1 d)`,
      'why:        shadow_disagreement of tiny@1.1.0: told in words',
      'leads:      90 % tiny@1.0.0, 10 % tiny@1.1.0',
      'controller: 1 running; the rollouts are at revision 1',
      '',
      'Checks, measured 2024-01-01 00:00 UTC',
      '  check                state         value  limit      leads  if it fails',
      '  error rate           ✓ good        0.2 %  ≤ 2 %      1,234  rolls back   told in words',
      '  latency              ✓ good        +31 %  ≤ +50 %    1,234  rolls back   told in words',
      '  kpi                  · advisory    -4 %   ≥ -10 %    1,234  rolls back   told in words',
      '  score drift          ✓ good        0.03   ≤ 0.2      1,234  pauses       told in words',
      '  shadow disagreement  … wants data  –      ≤ 10 %     0      pauses       told in words',
      '  sample ratio         ✓ good        p 0.4  p ≥ 0.001  1,234  pauses       told in words',
      '',
      'Decisions',
      '  revision  when                  what     step  share  by    why',
      '  1         2024-01-01 00:00 UTC  started  1     10 %   anna  seen the report',
    ]);
  });

  test('nobody there to act is told before anything else, and a group that can not be asked is no such alarm', async () => {
    room.setController({ state: 'absent' });
    expect(describeStatus(await readStanding(room.service))[0]).toContain('NO CONTROLLER IS RUNNING');
    room.setController({ state: 'unknown', why: 'no answer within 3 s' });
    const lines = describeStatus(await readStanding(room.service));
    room.setController({ state: 'present', instances: 1 });
    expect(lines[0]).not.toContain('NO CONTROLLER');
    expect(lines[3]).toContain('not known (no answer within 3 s)');
  });

  test('of several treatments each check says whose it is', async () => {
    room.setChecks([check('error_rate', 0), check('error_rate', 0, { treatment: 'tiny@1.2.0' })]);
    const lines = describeStatus(await readStanding(room.service));
    expect(lines.find((line) => line.includes('version'))).toMatch(/^ {2}version +check/);
    expect(lines.filter((line) => /tiny@1\.[12]\.0 +error rate/.test(line))).toHaveLength(2);
  });

  test('the list has the newest first', async () => {
    expect(describeRollouts([{ ...rollout, id: 'old' }, rollout]).map((line) => line.split('  ')[1])).toEqual(
      [undefined, 'id', ID, 'old'],
    );
    expect(describeRollouts([])).toEqual([expect.stringContaining('scoreline rollout start')]);
  });
});

test("an outcome is told as the models' are, and as JSON with the rollout after it", async () => {
  const outcome = await room.service.decide('pause', null, anna);
  const [line] = formatRolloutOutcome(outcome, false);
  expect(line).toMatch(/^✓ .* is paused: .* \(revision 2\)$/);
  expect(JSON.parse(formatRolloutOutcome(outcome, true)[0] ?? '')).toMatchObject({
    ok: true,
    revision: 2,
    rollout: { id: ID, status: 'paused', decisions: [{}, { at: '2024-01-01T00:00:00.000Z' }] },
  });
  const refused = await room.service.decide('pause', 'nope', anna);
  expect(formatRolloutOutcome(refused, false)).toEqual([expect.stringMatching(/^✗ .*\[rollout\.unknown\]$/)]);
});

describe('report', () => {
  const arm = { model: 'tiny', share: 0.5, exposed: 10_000, leads: 9_000, failures: 3 };
  const plan = { minimumEffect: 0.1, plannedLeadsPerArm: 5_000, startedAtMs: 0, leadsPerDay: 500 };
  const told = (changed: Partial<Arm>): string[] => {
    const control = { ...arm, version: '1.0.0', isControl: true, conversions: 900, revenue: null };
    const treatment = {
      ...arm,
      version: '1.1.0',
      isControl: false,
      conversions: 1_200,
      revenue: null,
      ...changed,
    };
    return describeExperiment(rollout, evaluateExperiment([control, treatment], plan));
  };

  test('the verdict with its reason, then arms and comparison', () => {
    const lines = told({});
    expect(lines[0]).toBe(`${ID} is running, since 2024-01-01 00:00 UTC: WINNER tiny@1.1.0`);
    expect(lines[1]).toMatch(/^tiny 1\.1\.0 converts more than tiny 1\.0\.0/);
    expect(lines.find((line) => line.includes('(control)'))).toMatch(
      /tiny@1\.0\.0 \(control\) +50 % +10,000 \(10,000\) +3 +9,000 +900 +10 % \(9\.4 % to 10\.64 %\)$/,
    );
    expect(lines.find((line) => line.includes('✓ better'))).toMatch(
      /\+3\.33 pt \(\+2\.\d+ pt to \+4\.\d+ pt\)/,
    );
  });

  test('undecided, it says how long it would take; with a mismatch, that nothing is to be read', () => {
    expect(told({ conversions: 920 }).at(-1)).toMatch(
      /about [\d,]+ more mature leads would tell, [\d,]+ d at the present rate$/,
    );
    const stopped = told({ exposed: 8_000 });
    expect(stopped[0]).toContain('STOPPED');
    expect(stopped.find((line) => line.includes('sample ratio'))).toContain('NOT as planned');
  });

  test('revenue has its column where there is any', () => {
    const revenue = { sum: 1_000, sumOfSquares: 10_000 };
    const lines = told({ revenue });
    expect(lines.find((line) => line.includes('not scored'))).toContain('revenue / lead');
  });
});
