import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../alerts/testing/given.ts';
import { evaluateWindow } from './evaluate-window.ts';
import { createHistograms } from './histogram.ts';
import { createBinner } from './binner.ts';
import type { DriftResult } from './result.ts';
import { createRandom } from './testing/random.ts';
import { numericReference } from './testing/reference.ts';

const random = createRandom(1945);
const draw = (n: number, shift = 0, scale = 1) =>
  Array.from({ length: n }, () => shift + scale * random.normal());
const REFERENCE = {
  rows: 10_000,
  features: [numericReference('x', draw(10_000))],
  score: numericReference('score', draw(10_000)),
  bands: { A: 10_000 },
};

function resultsOf(values: readonly number[]): (statistic: string) => DriftResult {
  const builder = createHistograms(REFERENCE).builder();
  const bin = createBinner(REFERENCE);
  for (const x of values) {
    const bins = [0];
    bin([x], bins);
    builder.add([x], bins, x, 'A');
  }
  const results = evaluateWindow({
    reference: REFERENCE,
    policy: defaultPolicy(),
    importance: {},
    window: builder.build(),
  });
  return (statistic) => results.find((result) => result.subject === 'x' && result.statistic === statistic)!;
}

describe('the p of Wasserstein', () => {
  it('is sharper than KS’s for a shift, as it knows all reference rows', () => {
    const of = resultsOf(draw(1_000, 0.2));
    expect(of('wasserstein').pValue).toBeLessThan(of('ks').pValue! / 10);
    expect(Math.abs(of('wasserstein').testStatistic!)).toBeGreaterThan(1);
  });

  it('is twice KS’s where values spread and don’t shift', () => {
    const of = resultsOf(draw(1_000, 0, 1.5));
    expect(of('wasserstein').pValue).toBeCloseTo(2 * of('ks').pValue!, 12);
    expect(of('wasserstein').testStatistic).toBe(of('ks').testStatistic);
  });

  it('is never above 1', () => {
    expect(resultsOf(REFERENCE.features[0]!.sample!)('wasserstein').pValue).toBeLessThanOrEqual(1);
  });
});
