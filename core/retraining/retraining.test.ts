import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { NO_REQUESTS } from './state.ts';
import { REASONS } from './strength.ts';
import { DAY_MS, tell, wish } from './testing/given.ts';

describe('a wish becomes a request', () => {
  it('with all reasons, the strongest first, a stable id and the end of its cool-down', () => {
    const { events } = tell([3, wish(['schedule', 'performance', 'drift'])]);
    expect(events).toMatchObject([
      {
        request_id: 'bank-leads-1',
        expected_revision: 0,
        reasons: [{ reason: 'performance' }, { reason: 'drift' }, { reason: 'schedule' }],
        requested_by: 'policy',
        requested_at: 3 * DAY_MS,
        cool_down_until: 10 * DAY_MS,
        passed_cool_down: false,
      },
    ]);
  });

  it('once in a cool-down, and again after it', () => {
    const story = tell([0, wish(['drift'])], [6.9, wish(['drift'])], [7, wish(['drift'])]);
    expect(story.events.map(({ request_id: id }) => id)).toEqual(['bank-leads-1', 'bank-leads-2']);
    expect(story.refusals).toEqual(['cool_down']);
  });

  it('for each model by itself', () => {
    const { events } = tell([0, wish(['drift'])], [1, wish(['drift'], { model: 'search-relevance' })]);
    expect(events.map(({ request_id: id }) => id)).toEqual(['bank-leads-1', 'search-relevance-1']);
  });

  it('not twice by two that decide at once', () => {
    const first = decide(NO_REQUESTS, wish(['drift']), { nowMs: 0, eventId: 'a' });
    const second = decide(NO_REQUESTS, wish(['drift']), { nowMs: 1, eventId: 'b' });
    if (!first.ok || !second.ok || first.event === null || second.event === null) throw new Error('decided');
    const { state } = evolve(NO_REQUESTS, first.event);
    expect(evolve(state, second.event)).toMatchObject({ accepted: false, code: 'conflict', state });
  });
});

describe('a stronger reason', () => {
  it('passes the cool-down of a suggestion, once', () => {
    const story = tell(
      [0, wish(['schedule'])],
      [1, wish(['new_labels'])],
      [2, wish(['critical_drift'])],
      [9, wish(['critical_drift'])],
    );
    expect(story.events.map(({ passed_cool_down: passed }) => passed)).toEqual([false, true, false]);
    expect(story.refusals).toEqual(['cool_down']);
  });

  it('does not pass an order, nor an equal reason a suggestion', () => {
    expect(
      tell([0, wish(['schedule'], { mode: 'order' })], [1, wish(['critical_drift'])]).events,
    ).toHaveLength(1);
    expect(tell([0, wish(['drift'])], [1, wish(['drift', 'schedule'])]).events).toHaveLength(1);
  });
});

describe('a person', () => {
  const byHand = wish(['manual'], { requestedBy: 'anna', mode: 'order' });

  it('is not held by a cool-down, and starts one', () => {
    const story = tell(
      [0, wish(['critical_drift'])],
      [1, byHand],
      [2, byHand],
      [3, wish(['critical_drift'])],
    );
    expect(story.events.map(({ requested_by: who }) => who)).toEqual(['policy', 'anna', 'anna']);
    expect(story.refusals).toEqual(['cool_down']);
  });

  it('who looked at another revision is refused', () => {
    expect(tell([0, byHand], [1, { ...byHand, expectedRevision: 0 }]).refusals).toEqual(['conflict']);
  });

  it('has to say who it is', () => {
    expect(tell([0, { ...byHand, requestedBy: ' ' }]).refusals).toEqual(['event.invalid']);
  });
});

it('whatever comes when: the policy asks for no model twice in a cool-down, but for one that passed', () => {
  const wishes = fc.array(
    fc.record({ day: fc.nat(60), reasons: fc.subarray([...REASONS].slice(0, 5), { minLength: 1 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(wishes, (all) => {
      const inOrder = all.toSorted((a, b) => a.day - b.day);
      const { events } = tell(...inOrder.map(({ day, reasons }) => [day, wish(reasons)] as const));
      for (const [i, event] of events.entries()) {
        const before = events.slice(0, i).filter(({ cool_down_until: until }) => until > event.requested_at);
        expect(before.length).toBeLessThanOrEqual(event.passed_cool_down ? 1 : 0);
      }
    }),
  );
});
