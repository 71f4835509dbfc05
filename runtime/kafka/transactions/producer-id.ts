/** Who writes, as brokers know it: with each epoch whoever had an earlier one is fenced. */
export interface ProducerId {
  readonly id: bigint;
  readonly epoch: number;
}
