import type { Distribution, Reference } from '@scoreline/core/contracts/reference.ts';
import { chiSquare } from '@scoreline/core/drift/chi-square.ts';
import type { Histogram, WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import { createKsCells } from '@scoreline/core/drift/ks-cells.ts';
import { ksDistance } from '@scoreline/core/drift/ks.ts';
import { psi } from '@scoreline/core/drift/psi.ts';
import { kolmogorovSf } from '@scoreline/core/drift/special/kolmogorov.ts';

const PSI_LIMIT = 0.2;
const ALPHA = 0.05;

/** Hours in which some feature has PSI > .2 or p < .05 (KS by its asymptotic p, or χ²): what most tutorials do. */
export function countNaiveAlarms(reference: Reference, hours: readonly WindowHistogram[]): number {
  return hours.filter(({ features }) =>
    features.some((histogram, i) => {
      const distribution = reference.features[i];
      return distribution !== undefined && alarms(distribution, histogram);
    }),
  ).length;
}

function alarms(distribution: Distribution, { counts, ks }: Histogram): boolean {
  const current = counts.slice(0, distribution.counts.length);
  if (psi(current, distribution.counts).value > PSI_LIMIT) return true;
  if (ks === null || distribution.sample === undefined) {
    return chiSquare(current, distribution.counts).pValue < ALPHA;
  }
  const { value, currentSize: n, referenceSize: m } = ksDistance(createKsCells(distribution.sample), ks);
  return kolmogorovSf(Math.round((n * m) / (n + m)), value) < ALPHA;
}
