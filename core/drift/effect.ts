import type { Levels } from '../contracts/policy.ts';
import type { EffectLevel } from './result.ts';

/** How large an effect is by its practical limits alone; a value on a limit is not above it. */
export function effectLevel(value: number, limits: Levels): EffectLevel {
  if (value > limits.critical) return 'critical';
  return value > limits.warning ? 'warning' : 'none';
}
