import type { ShadowReport } from '../../shadow/report.ts';

const NO_FAILURES = { count: 0, codes: [] };
const speed = { inferenceUs: { p50: 5, p95: 10, p99: 20 }, latencyMs: { p50: 10, p95: 30, p99: 50 } };
const estimate = (value: number, width: number) => ({ value, low: value - width, high: value + width });

/** The report of a candidate that passes every condition of the default policy. */
export const GOOD_REPORT: ShadowReport = {
  candidate: { model: 'bank-leads', version: '1.1.0', role: 'shadow', runId: null },
  production: { model: 'bank-leads', version: '1.0.0' },
  period: { from: '2024-01-01T00:00:00.000Z', to: '2024-01-15T00:00:00.000Z', days: 14 },
  coverage: {
    production: 2_000,
    pairs: 1_990,
    share: 0.995,
    unpaired: { deadLettered: 0, shadowLag: 10, notIngested: 0, unexplained: 0 },
    beforeStart: 0,
  },
  failures: { production: NO_FAILURES, candidate: NO_FAILURES },
  speed: { production: speed, candidate: speed },
  agreement: null,
  labels: { mature: 1_990, labelled: 1_990, conversions: 200, revenue: null },
  calibration: null,
  comparison: {
    spearman: 0.9,
    topOverlap: { k: 199, share: 0.8 },
    auc: {
      production: estimate(0.75, 0.02),
      candidate: estimate(0.78, 0.02),
      difference: estimate(0.03, 0.01),
      pValue: 1e-4,
      positives: 200,
      negatives: 1_790,
    },
    top: {
      share: 0.1,
      lift: null,
      gain: { production: estimate(0.3, 0.05), candidate: estimate(0.3, 0.05) },
      improvement: estimate(0, 0.1),
    },
    kpi: 'conversions',
  },
  sample: { pairs: 1_990, of: 1_990 },
};
