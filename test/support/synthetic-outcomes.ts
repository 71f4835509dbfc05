import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import { createRandom, makeScores } from './synthetic-scores.ts';

const DAY_MS = 86_400_000;

/** Days of leads whose score is a probability, in bands A from .6, B from .3, C from .1, and D. */
export function makeProbabilities(
  reference: Reference,
  span: { readonly fromMs: number; readonly days: number; readonly aDay: number; readonly seed: number },
): LeadScored[] {
  const { fromMs, days, aDay, seed } = span;
  const random = createRandom(seed);
  const made = { count: aDay * days, fromMs, toMs: fromMs + days * DAY_MS, firstOffset: 0 };
  return makeScores({ reference, random }, made).map((score) => {
    const p = Math.round(1e4 * random() ** 2) / 1e4;
    return { ...score, score: p, band: p >= 0.6 ? 'A' : p >= 0.3 ? 'B' : p >= 0.1 ? 'C' : 'D' };
  });
}

/** What becomes of leads: each converts with this probability, after two days, worth 100 or so. */
export function outcomesOf(
  scores: readonly LeadScored[],
  chance: (score: LeadScored) => number,
  seed: number,
): LeadOutcome[] {
  const random = createRandom(seed);
  return scores.flatMap((score, i) => {
    const at = score.event_time + 2 * DAY_MS;
    const outcome = {
      lead_id: score.lead_id,
      // Every other one names the event that it answers.
      event_id: i % 2 === 0 ? score.event_id : null,
      converted: true,
      label: null,
      value: 50 + 100 * random(),
      occurred_at: at,
      recorded_at: at + DAY_MS,
    };
    return random() < chance(score) ? [outcome] : [];
  });
}
