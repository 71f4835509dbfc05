import { join } from 'node:path';

export const MODELS = join(import.meta.dirname, '../../models');
export const OLD = 'bank-leads@1.0.0';
export const NEW = 'bank-leads@1.1.0';
/** What is in Production when the story ends. */
export const LAST = 'bank-leads@1.3.0';

/** Flags of a decision: who, and why. */
export function by(actor: 'anna' | 'bruno', reason: string): readonly string[] {
  return ['--actor', actor, '--reason', reason];
}
