/** How far two histograms are apart, with what chance alone would give. */
export interface Divergence {
  readonly value: number;
  /** Bins that were compared. */
  readonly bins: number;
  /** χ² of the value, with `bins` − 1 degrees of freedom. */
  readonly chiSquare: number;
  /** P of a value this large without drift. */
  readonly pValue: number;
}
