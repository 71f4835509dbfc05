import { psi } from './psi.ts';

/** Above both a window is unlike the others: the practical limit of PSI, and its significance among all windows. */
export interface UnusualLimits {
  readonly psi: number;
  readonly alpha: number;
}

/**
 * Which of these windows of one subject, counts by bin, are unlike the rest of them: an outage or a campaign that
 * the same hour of other weeks knows nothing of. The one furthest from the sum of the others, by PSI, is taken out as
 * long as it is above both limits (α shared by all windows), and always fewer than half: what most windows show is
 * what is usual. Positions, ascending. A function of the counts alone, so that it comes out the same whenever it is
 * asked. O(n² B) at worst.
 */
export function findUnusualWindows(
  windows: readonly (readonly number[])[],
  limits: UnusualLimits,
): readonly number[] {
  const usual = new Set(windows.keys());
  const most = Math.ceil(windows.length / 2) - 1;
  while (windows.length - usual.size < most) {
    const furthest = findFurthest(windows, usual, { ...limits, alpha: limits.alpha / windows.length });
    if (furthest === undefined) break;
    usual.delete(furthest);
  }
  return [...windows.keys()].filter((i) => !usual.has(i));
}

function findFurthest(
  windows: readonly (readonly number[])[],
  usual: ReadonlySet<number>,
  { psi: limit, alpha }: UnusualLimits,
): number | undefined {
  const total = sumCounts([...usual].map((i) => windows[i] ?? []));
  let furthest: number | undefined;
  let largest = limit;
  for (const i of usual) {
    const own = windows[i] ?? [];
    const distance = psi(
      own,
      total.map((count, bin) => count - (own[bin] ?? 0)),
    );
    if (distance.value <= largest || distance.pValue > alpha) continue;
    furthest = i;
    largest = distance.value;
  }
  return furthest;
}

function sumCounts(windows: readonly (readonly number[])[]): readonly number[] {
  const total: number[] = [];
  for (const counts of windows) {
    for (const [bin, count] of counts.entries()) total[bin] = (total[bin] ?? 0) + count;
  }
  return total;
}
