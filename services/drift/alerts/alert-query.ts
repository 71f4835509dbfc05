import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { featureQuery } from './queries/feature.ts';
import {
  aheadShareQuery,
  dayCostQuery,
  errorShareQuery,
  lagQuery,
  latencyQuery,
  silenceQuery,
} from './queries/operations.ts';
import { bandFlipQuery } from './queries/pairs.ts';
import { businessQuery, calibrationQuery, performanceQuery } from './queries/outcomes.ts';
import { predictionQuery } from './queries/prediction.ts';
import type { AlertQuery, QueryContext } from './queries/query-context.ts';
import { missingRateQuery, newCategoryQuery } from './queries/shares.ts';

const QUERIES: Partial<Record<DriftResult['signal'], AlertQuery>> = {
  feature_drift: featureQuery,
  prediction_drift: predictionQuery,
  missing_rate: missingRateQuery,
  new_category: newCategoryQuery,
  shadow_disagreement: bandFlipQuery,
  latency: latencyQuery,
  error_rate: errorShareQuery,
  throughput: silenceQuery,
  performance: performanceQuery,
  calibration: calibrationQuery,
  business: businessQuery,
  lag: lagQuery,
  data_quality: aheadShareQuery,
  cost: dayCostQuery,
};

/**
 * ClickHouse SQL that re-derives a result's value from the rows themselves, not from the stored windows; to be
 * pasted into any client whose database is Scoreline's. A later revision of the window changes what it gives.
 */
export function alertQuery(result: DriftResult, context: QueryContext): string {
  const query = QUERIES[result.signal];
  if (query === undefined)
    throw new TypeError(`no query gives the value of ${result.signal}: add it to QUERIES`);
  return query(result, { ...context, comparedWith: result.comparedWith });
}
