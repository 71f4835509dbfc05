import type { CheckState } from '../evaluation.ts';
import { binomialUpperTail } from './binomial-tail.ts';
import type { CheckRequest } from './request.ts';

/** How often at most a share on its limit is taken for one above it, in one look. */
const ALPHA = 1e-4;

/**
 * A share against its limit: over it and not by chance, at most it on enough leads, or neither. It fails where so many
 * hits would come by chance in less than one of ten thousand looks, were the true share the limit, since a rollout is
 * looked at thousands of times: at 2 %, 3 of 3 fail at once and 12 of 200 don't yet.
 */
export function judgeShare(hits: number, size: number, { limit, minimumSample }: CheckRequest): CheckState {
  if (hits / size <= limit) return size >= minimumSample ? 'success' : 'inconclusive';
  return binomialUpperTail(hits, size, limit) < ALPHA ? 'failure' : 'inconclusive';
}
