// Generated from schemas/reference.schema.json by "npm run generate"; do not edit.

export type Bins = EdgeBins | ValueBins | LevelBins;

/**
 * The frozen distribution that drift is measured against (reference.json). Made from the training rows; bins never come from a window's own data.
 */
export interface Reference {
  rows: number;
  /**
   * In the manifest's feature order.
   */
  features: Distribution[];
  score: Distribution;
  /**
   * Band name to reference count.
   */
  bands: {
    [k: string]: number;
  };
  joint?: JointDistribution;
}
export interface Distribution {
  /**
   * The feature's name, or 'score'.
   */
  name: string;
  bins: Bins;
  /**
   * Reference rows per bin.
   *
   * @minItems 1
   */
  counts: number[];
  /**
   * Rows in bin __other__ (index counts.length): in a reference always 0.
   */
  other: number;
  /**
   * Rows in bin __missing__ (index counts.length + 1).
   */
  missing: number;
  /**
   * The test that goes with PSI: ks for numeric with edges, chi2 for values and levels.
   */
  test: 'ks' | 'chi2';
  mean?: number;
  /**
   * Population standard deviation of the rows that are not missing.
   */
  std?: number;
  /**
   * Numeric with edges: a sorted sample (at most 1,000) of the reference's values, for KS.
   */
  sample?: number[];
}
/**
 * Numeric: bin i holds edges[i-1] < x <= edges[i], open at both ends; edges.length + 1 bins.
 */
export interface EdgeBins {
  type: 'edges';
  /**
   * @minItems 1
   */
  edges: number[];
}
/**
 * Numeric with 10 or fewer distinct values (booleans as 0 and 1): a bin per value.
 */
export interface ValueBins {
  type: 'values';
  /**
   * @minItems 1
   */
  values: number[];
}
/**
 * Categorical: a bin per level that the reference saw.
 */
export interface LevelBins {
  type: 'levels';
  /**
   * @minItems 1
   */
  levels: string[];
}
/**
 * How the features go together: a row's bins become numbers z, |whitening z|^2 is its squared Mahalanobis distance from the reference. Absent: nothing multivariate is measured.
 */
export interface JointDistribution {
  /**
   * Per feature, the number that stands for each bin, __other__ and __missing__ included.
   */
  numbers: number[][];
  /**
   * Rows of the inverse Cholesky factor of the shrunk covariance, a number per feature.
   *
   * @minItems 1
   */
  whitening: number[][];
  /**
   * Of the reference rows' squared distances.
   */
  mean: number;
  /**
   * Of the same.
   */
  variance: number;
}
