import { describe, expect, it } from 'vitest';
import {
  createLeadCounter,
  createWorld,
  drawHour,
  START_MS,
  windowsOf,
} from '@scoreline/core/alerts/testing/simulated-month.ts';
import { createRandom } from '@scoreline/core/drift/testing/random.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { createMeter, watchBoth } from './watch.ts';

const HOURS = 8;
const world = createWorld(1, false);

function watchShift(sigmas: number) {
  const random = createRandom(2);
  const count = createLeadCounter(world.reference);
  const drift = (lead: { inputs: unknown[] }) => {
    const [first] = lead.inputs;
    if (typeof first === 'number') lead.inputs[0] = first + sigmas;
  };
  const hours = Array.from({ length: HOURS }, (_, hour) =>
    count(drawHour(world, { hour, rowsAnHour: 1_000, drift }, random)),
  );
  const windowsAt = (policy: CompletePolicy) =>
    windowsOf(world.reference, HOURS, (hour) => hours[hour] ?? count([]), policy);
  const onset = { ms: START_MS, subjects: new Set(['number-0']) };
  return watchBoth(createMeter(world.reference, onset.ms), windowsAt, [1, 0.5], onset);
}

describe('watchBoth', () => {
  it('finds with a smaller knob what the default policy takes for too small', () => {
    const { atDefault, matched } = watchShift(0.3);
    expect(atDefault.delayHours).toBeNull();
    expect(matched[1]?.delayHours).toBeLessThanOrEqual(2);
    expect(matched[1]?.others).toEqual([]);
  });

  it('finds a large shift in its first window, whatever the policy', () => {
    const { atDefault, matched } = watchShift(1);
    expect([atDefault, ...matched].map(({ delayHours }) => delayHours)).toEqual([1, 1, 1]);
  });
});
