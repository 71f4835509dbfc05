import type { CheckState } from '../evaluation.ts';
import { binomialUpperTail } from './binomial-tail.ts';
import type { CheckRequest } from './request.ts';

/** How often at most a share on its limit is taken for one above it, in one look. */
const ALPHA = 0.01;

/**
 * A share against its limit: over it and not by chance, at most it on enough leads, or neither. It fails where so many
 * hits would come by chance in less than one of a hundred looks, were the true share the limit: at 2 %, 8 of 10 fail
 * at once and 6 of 200 don't yet.
 */
export function judgeShare(hits: number, size: number, { limit, minimumSample }: CheckRequest): CheckState {
  if (hits / size <= limit) return size >= minimumSample ? 'success' : 'inconclusive';
  return binomialUpperTail(hits, size, limit) < ALPHA ? 'failure' : 'inconclusive';
}
