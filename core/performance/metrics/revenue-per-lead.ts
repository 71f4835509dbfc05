import { meanOf, type Sums } from '../../experiment/mean.ts';
import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';

/**
 * Mean revenue of a lead, those that brought none included, ± z s / √n. With a few huge sales among few leads the
 * interval is too narrow: revenue takes longer to become normal than conversion does.
 */
export function revenuePerLead(sums: Sums): Metric {
  if (sums.size === 0) return unmeasured('no_leads', 0);
  if (sums.size === 1) return { value: sums.sum, low: null, high: null, sampleSize: 1 };
  const { value, standardError } = meanOf(sums);
  return {
    value,
    low: value - Z_95 * standardError,
    high: value + Z_95 * standardError,
    sampleSize: sums.size,
  };
}
