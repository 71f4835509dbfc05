import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import { EMPTY_REGISTRY } from '@scoreline/core/registry/state.ts';
import { NO_ROLLOUTS } from '@scoreline/core/rollout/state.ts';
import { CANARY_PLAN } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { NO_REQUESTS } from '@scoreline/core/retraining/state.ts';
import { judgeEntries } from '@scoreline/runtime/decision-log/verdict.ts';
import { ROLLOUT_FOLD } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { expect, test } from 'vitest';
import { MODEL_EVENTS } from './model-events.ts';
import { RETRAINING_REQUESTS } from './retraining-requests.ts';
import { ROLLOUT_EVENTS } from './rollout-events.ts';

const UNREADABLE = {
  offset: 7,
  timestampMs: 9e15,
  event: null,
  revision: 3,
  ignored: { code: 'value.malformed', reason: 'no event' },
};
const UNREADABLE_ROW = {
  offset: 7,
  accepted: false,
  revision: 3,
  ignored_code: 'value.malformed',
  expected_revision: -1,
  type: 'unknown',
  published_at: Date.UTC(2200, 0, 1),
};

test('a record that can not be read is a row too, and a clock that says anything is no reason to fail', () => {
  expect(MODEL_EVENTS.toRow('model-registry', UNREADABLE, EMPTY_REGISTRY)).toMatchObject(UNREADABLE_ROW);
  expect(ROLLOUT_EVENTS.toRow('rollouts', UNREADABLE, NO_ROLLOUTS)).toMatchObject({
    ...UNREADABLE_ROW,
    rollout_id: '',
    plan: '',
    share: null,
  });
  expect(RETRAINING_REQUESTS.toRow('retraining-requested', UNREADABLE, NO_REQUESTS)).toMatchObject({
    ...UNREADABLE_ROW,
    request_id: '',
    labels: null,
  });
});

const STARTED: RolloutEvent = {
  event_id: 'e0',
  expected_revision: 0,
  type: 'started',
  rollout_id: 'r1',
  plan: CANARY_PLAN,
  step: 0,
  registry_revision: null,
  actor: 'anna',
  reason: 'try it',
  evidence: null,
  decided_at: 1,
};

test('decisions about rollouts say what share each leaves; one that does not count leaves none', () => {
  const later = (change: Partial<RolloutEvent>): RolloutEvent => ({ ...STARTED, plan: null, ...change });
  const events = [
    STARTED,
    later({ expected_revision: 1, type: 'advanced', step: 1 }),
    later({ expected_revision: 1, type: 'aborted', step: 1 }),
    later({ expected_revision: 2, type: 'rolled_back', step: 1, evidence: '{}' }),
  ];
  const entries = events.map((value, offset) => ({
    offset,
    timestampMs: 5,
    decoded: { ok: true, value, schemaId: 1 } as const,
  }));
  const { verdicts, state } = judgeEntries(ROLLOUT_FOLD, NO_ROLLOUTS, entries);
  const rows = verdicts.map((verdict) => ROLLOUT_EVENTS.toRow('rollouts', verdict, state));
  expect(rows).toMatchObject([
    { type: 'started', accepted: true, share: 0.1, plan: JSON.stringify(CANARY_PLAN), rollout_id: 'r1' },
    { type: 'advanced', accepted: true, share: 0.5, plan: '', step: 1 },
    { type: 'aborted', accepted: false, share: null, ignored_code: 'conflict' },
    { type: 'rolled_back', accepted: true, share: 0, evidence: '{}', actor: 'anna' },
  ]);
});
