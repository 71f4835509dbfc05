import { describe, expect, it } from 'vitest';
import { checkSampleRatio } from './sample-ratio.ts';
import vectors from './vectors/sample-ratio.json' with { type: 'json' };

describe('checkSampleRatio', () => {
  it.each(vectors)('agrees with SciPy: $exposed at $shares', ({ exposed, shares, statistic, pValue }) => {
    const found = checkSampleRatio(exposed.map((leads, i) => ({ exposed: leads, share: shares[i]! })));
    expect(found.statistic).toBeCloseTo(statistic, 9);
    expect(found.pValue).toBeCloseTo(pValue, 12);
    expect(found.isMismatch).toBe(pValue < 0.001);
  });

  it.each([
    { exposed: [20_000, 19_600], isMismatch: false },
    { exposed: [20_000, 19_000], isMismatch: true },
    { exposed: [60_000, 58_800], isMismatch: true },
  ])(
    'one lead lost in fifty hides among 20,000, one in twenty doesn’t: $exposed',
    ({ exposed, isMismatch }) => {
      const found = checkSampleRatio(exposed.map((leads) => ({ exposed: leads, share: 0.5 })));
      expect(found.isMismatch).toBe(isMismatch);
    },
  );

  it('says nothing where an arm expects fewer than five leads', () => {
    const arms = [
      { exposed: 60, share: 0.95 },
      { exposed: 20, share: 0.05 },
    ];
    expect(checkSampleRatio(arms)).toMatchObject({ pValue: 1, isMismatch: false });
    expect(checkSampleRatio(arms.map((arm) => ({ ...arm, exposed: 0 })))).toMatchObject({ pValue: 1 });
  });
});
