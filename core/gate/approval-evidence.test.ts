import { expect, test } from 'vitest';
import { approve, given, promote, register, stage, V1, V2 } from '../registry/testing/given.ts';
import { findApprovalEvidence } from './approval-evidence.ts';

const MINUTE_MS = 60_000;
const EVALUATED_AT_MS = 1_000 * MINUTE_MS;

const IN_STAGING = [register(V1), stage(V1), approve(V1), promote(V1), register(V2), stage(V2)];

const GATE = {
  candidate: { model: 'bank-leads', version: '1.1.0', role: 'shadow', run_id: null },
  production: { model: 'bank-leads', version: '1.0.0' },
  state: 'pass',
  conditions: [{ name: 'shadow_side', state: 'pass' }],
  evaluated_at_ms: EVALUATED_AT_MS,
};

/** V1 scores, V2 is in Staging with an approval whose evidence is this. */
function findAfter(gate: object | string, minutes: number) {
  const evidence = typeof gate === 'string' ? gate : JSON.stringify(gate);
  const state = given(...IN_STAGING, {
    type: 'approve',
    ref: V2,
    actor: 'bruno',
    reason: 'seen the report',
    evidence,
  });
  return findApprovalEvidence(state, V2, EVALUATED_AT_MS + minutes * MINUTE_MS);
}

test('within the hour, of this version beside what is in Production: the very bytes, whose, and how old', () => {
  expect(findAfter(GATE, 4)).toEqual({
    json: JSON.stringify(GATE),
    actor: 'bruno',
    ageMs: 4 * MINUTE_MS,
    passes: true,
    open: [],
  });
});

test('a gate that did not pass is evidence too, with what was open', () => {
  const conditions = [
    { name: 'shadow_side', state: 'pass' },
    { name: 'not_a_number', state: 'fail' },
  ];
  expect(findAfter({ ...GATE, state: 'fail', conditions }, 4)).toMatchObject({
    passes: false,
    open: ['not a number'],
  });
});

test.each([
  ['older than an hour', GATE, 61],
  ['from the future: a clock is wrong', GATE, -1],
  ['of another production version', { ...GATE, production: { model: 'bank-leads', version: '0.9.0' } }, 4],
  ['made while nothing was in Production', { ...GATE, production: null }, 4],
  ['of another candidate', { ...GATE, candidate: { ...GATE.candidate, version: '1.2.0' } }, 4],
  ['a foreign object', { looks: 'good' }, 4],
  ['no JSON', 'looks good', 4],
])('the gate is asked anew where evidence is %s', (_, gate, minutes) => {
  expect(findAfter(gate, minutes)).toBeUndefined();
});

test('where nothing is in Production yet, evidence that says so holds', () => {
  const evidence = JSON.stringify({ ...GATE, production: null });
  const state = given(register(V2), stage(V2), { ...approve(V2), evidence } as ReturnType<typeof approve>);
  expect(findApprovalEvidence(state, V2, EVALUATED_AT_MS)).toMatchObject({ actor: 'anna', ageMs: 0 });
});
