/** `insufficient_data` is neither: it may pass by itself with time. */
export type GateState = 'pass' | 'fail' | 'insufficient_data';

/** What a candidate has to show, in the order in which it is told. */
export type ConditionName =
  | 'shadow_side'
  | 'time'
  | 'sample'
  | 'coverage'
  | 'not_a_number'
  | 'failures'
  | 'inference'
  | 'edge_cases'
  | 'improvement';

/** One thing that a candidate has to show. */
export interface GateCondition {
  readonly name: ConditionName;
  readonly state: GateState;
  /** What was measured; null where there was nothing to measure. */
  readonly value: number | null;
  readonly limit: number;
  /** Leads behind the value. */
  readonly sample: number;
  /** The same in words. */
  readonly detail: string;
}

/** What loading the candidate's package said of its golden rows. */
export type GoldenCheck =
  | { readonly checked: true; readonly passed: boolean; readonly rows: number; readonly detail: string }
  /** The package could not be had: nothing is known of it. */
  | { readonly checked: false; readonly detail: string };

/** 12345.678 → '12,346', .12345 → '0.123'. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1_000
    ? Math.round(value)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, ',')
    : String(Number(value.toPrecision(3)));
}

/** .123 → '12.3 %'. */
export function formatPercent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
