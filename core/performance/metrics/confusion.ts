import type { ScoreCells } from '../score-cells.ts';

/** What becomes of predicting a conversion for every lead at or above a threshold. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly leads: number;
}

/** O(cells). */
export function confusionAt({ scores, counts, positives }: ScoreCells, threshold: number): Confusion {
  const confusion = { truePositives: 0, falsePositives: 0, falseNegatives: 0, leads: 0 };
  for (const [i, score] of scores.entries()) {
    const [count, positive] = [counts[i] ?? 0, positives[i] ?? 0];
    confusion.leads += count;
    if (score < threshold) confusion.falseNegatives += positive;
    else {
      confusion.truePositives += positive;
      confusion.falsePositives += count - positive;
    }
  }
  return confusion;
}
