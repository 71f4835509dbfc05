import type { CompleteCostPolicy } from '../policy/operations-defaults.ts';

/** What was used, summed over instances. */
export interface Used {
  readonly cpuSeconds: number;
  readonly memoryGibSeconds: number;
}

const SECONDS_AN_HOUR = 3_600;

/** Price of what was used, in the policy's currency. */
export function costOf(used: Used, { cpuHour, memoryGibHour }: CompleteCostPolicy): number {
  return (used.cpuSeconds * cpuHour + used.memoryGibSeconds * memoryGibHour) / SECONDS_AN_HOUR;
}
