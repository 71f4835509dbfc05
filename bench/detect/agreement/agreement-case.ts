/** One statistic of random data, with what we make of it. */
export interface AgreementCase {
  /** As agreement.py names it. */
  readonly statistic: string;
  /** Whose figure it is beside there. */
  readonly peer: 'NumPy' | 'SciPy' | 'scikit-learn';
  readonly input: readonly (number | readonly number[])[];
  readonly ours: readonly number[];
}
