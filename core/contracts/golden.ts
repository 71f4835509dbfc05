// Generated from schemas/golden.schema.json by "npm run generate"; do not edit.

/**
 * Real rows with the training framework's own predictions (golden.json): a package is refused when it disagrees with them.
 */
export interface Golden {
  tolerance: number;
  /**
   * @minItems 1
   */
  rows: GoldenRow[];
}
export interface GoldenRow {
  /**
   * The fields that the features read, as in the lead event; null is missing.
   */
  event: {
    [k: string]: unknown;
  };
  /**
   * The training framework's own prediction, calibrated.
   */
  score: number;
}
