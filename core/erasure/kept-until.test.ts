import { describe, expect, it } from 'vitest';
import { FOR_EVER_MS, keepsMsOf, keptUntil } from './kept-until.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1);
const configs = (entries: Record<string, string>) => new Map(Object.entries(entries));

describe('what a topic keeps', () => {
  it('is its retention, from the youngest record of the segment on', () => {
    const keepsMs = keepsMsOf(
      configs({ 'cleanup.policy': 'delete', 'retention.ms': '1000', 'segment.ms': '500' }),
    );
    expect(keepsMs).toBe(1_500 + 600_000);
  });

  it('is for ever without a retention, and compacted', () => {
    expect(keepsMsOf(configs({ 'cleanup.policy': 'delete', 'retention.ms': '-1' }))).toBe(Infinity);
    expect(keepsMsOf(configs({ 'cleanup.policy': 'compact', 'retention.ms': '1000' }))).toBe(Infinity);
    expect(keepsMsOf(configs({ 'cleanup.policy': 'compact,delete', 'retention.ms': '1' }))).toBeLessThan(
      DAY_MS,
    );
  });
});

describe('a lead is kept away', () => {
  it('until what may still be made of its events is gone too', () => {
    const until = keptUntil(NOW_MS, [
      { topic: 'lead-created', keepsMs: 7 * DAY_MS },
      { topic: 'lead-scores', keepsMs: 8 * DAY_MS },
      { topic: 'lead-outcomes', keepsMs: 14 * DAY_MS },
    ]);
    expect(until).toBe(NOW_MS + (7 + 7 + 8) * DAY_MS);
  });

  it('until a dead letter that is replayed on its last day has been scored, and the score is gone', () => {
    const until = keptUntil(NOW_MS, [
      { topic: 'lead-created', keepsMs: 7 * DAY_MS },
      { topic: 'lead-created.dlq', keepsMs: 30 * DAY_MS },
      { topic: 'lead-shadow-scores', keepsMs: 3 * DAY_MS },
    ]);
    expect(until).toBe(NOW_MS + (7 + 30 + 7 + 3) * DAY_MS);
  });

  it('by the longest of the topics, for ever where one is kept for ever', () => {
    const outcomes = { topic: 'lead-outcomes', keepsMs: 30 * DAY_MS } as const;
    expect(keptUntil(NOW_MS, [{ topic: 'lead-created', keepsMs: DAY_MS }, outcomes])).toBe(
      NOW_MS + 30 * DAY_MS,
    );
    expect(keptUntil(NOW_MS, [outcomes, { topic: 'lead-created', keepsMs: Infinity }])).toBe(FOR_EVER_MS);
    expect(keptUntil(NOW_MS, [])).toBe(NOW_MS);
  });
});
