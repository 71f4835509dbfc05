import { expect, test } from 'vitest';
import type { Silence } from '../silence.ts';
import { alertOf } from '../testing/given.ts';
import { episodeKey, holdSilenced, type SilenceableChange } from './hold-silenced.ts';

const PSI = alertOf();
const AGE = alertOf({ subject: 'age' });
const SILENCE: Silence = {
  id: 's',
  alerts: { subject: PSI.subject },
  startsAtMs: 0,
  endsAtMs: 10,
  reason: 'known',
  actor: 'me',
};
const NOTHING = { told: new Set<string>(), heldBack: new Set<string>() };
const queue = (...alerts: readonly SilenceableChange['alert'][]): SilenceableChange[] =>
  alerts.map((alert, i) => ({ position: i + 1, alert }));
const over = { ...PSI, state: 'resolved' } as const;

test('what fires while it is silenced waits, others pass', () => {
  const waiting = queue(PSI, AGE, { ...PSI, severity: 'critical' } as typeof PSI);
  expect([...holdSilenced(waiting, [SILENCE], NOTHING, 5)]).toEqual([1, 3]);
  expect([...holdSilenced(waiting, [SILENCE], NOTHING, 10)]).toEqual([]);
});

test('an episode that began and ended unheard stays so, also where its silence is over by then', () => {
  expect([...holdSilenced(queue(PSI, over), [SILENCE], NOTHING, 5)]).toEqual([1, 2]);
  const before = { ...NOTHING, heldBack: new Set([episodeKey(PSI)]) };
  expect([...holdSilenced(queue(over), [], before, 15)]).toEqual([1]);
  expect([...holdSilenced(queue({ ...over, episode_started_at: 99 }), [], before, 15)]).toEqual([]);
});

test('the end of what people know of is told, silenced or not, and what was raised meanwhile is not', () => {
  const before = { ...NOTHING, told: new Set([episodeKey(PSI)]) };
  expect([...holdSilenced(queue(PSI, over), [SILENCE], before, 5)]).toEqual([1]);
});
