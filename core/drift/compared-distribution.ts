import type { Distribution } from '../contracts/reference.ts';
import type { KsCells } from './ks-cells.ts';

/** What windows are compared with: the package's distribution, or its bins with the counts of earlier windows. */
export interface ComparedDistribution extends Distribution {
  /** Values of the earlier windows by KS cell; absent: those of the sample. */
  readonly cells?: KsCells;
}
