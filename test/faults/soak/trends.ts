import type { Vitals, VitalSigns } from './vitals.ts';

/** How a process fared over the time that it was watched. */
export interface Trend {
  readonly member: string;
  readonly samples: number;
  readonly rssMb: { readonly first: number; readonly last: number; readonly perHour: number };
  /** The lowest of the first and of the last third: what is left of the heap when garbage has just been collected. */
  readonly heapMb: { readonly first: number; readonly last: number };
  readonly handles: { readonly first: number; readonly last: number; readonly perHour: number };
  /** Of the samples' 99th percentiles: the median of the first and of the last third. */
  readonly loopDelayMs: { readonly first: number; readonly last: number };
}

/** Whether what was asked later took longer; medians of the minutes' 95th percentiles. */
export interface LatencyDrift {
  /** Of each minute in turn. */
  readonly p95Ms: readonly number[];
  readonly firstThirdMs: number;
  readonly lastThirdMs: number;
}

/** Until then a process comes to its working size: no part of a slope, where there is more to take it from. */
const WARM_UP_MINUTES = 10;

/** What an hour may add to a process; past these it counts as a leak. */
export const TREND_LIMITS = { rssMbPerHour: 60, handlesPerHour: 20 } as const;

/** The trend of each member that was watched at least so often to have one. */
export function describeTrends(signs: VitalSigns): readonly Trend[] {
  return [...signs].flatMap(([member, samples]) =>
    samples.length < 3
      ? []
      : [
          {
            member,
            samples: samples.length,
            rssMb: trendOf(samples, ({ rssMb }) => rssMb),
            heapMb: lowestOf(samples.map(({ heapMb }) => heapMb)),
            handles: trendOf(samples, ({ handles }) => handles),
            loopDelayMs: thirdsOf(samples.map(({ loopDelayMs }) => loopDelayMs)),
          },
        ],
  );
}

/** Slope by least squares, per hour. */
function trendOf(samples: readonly Vitals[], of: (sample: Vitals) => number): Trend['rssMb'] {
  const warm = samples.filter(({ minutes }) => minutes >= WARM_UP_MINUTES);
  const points = (warm.length < 3 ? samples : warm).map(
    (sample) => [sample.minutes / 60, of(sample)] as const,
  );
  const meanX = meanOf(points.map(([x]) => x));
  const meanY = meanOf(points.map(([, y]) => y));
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { ...thirdsOf(samples.map(of)), perHour: variance === 0 ? 0 : covariance / variance };
}

/** The medians of the first and the last third. */
export function thirdsOf(values: readonly number[]): { readonly first: number; readonly last: number } {
  return overThirds(values, medianOf);
}

function lowestOf(values: readonly number[]): { readonly first: number; readonly last: number } {
  return overThirds(values, (third) => Math.min(...third));
}

function overThirds(
  values: readonly number[],
  of: (third: readonly number[]) => number,
): { readonly first: number; readonly last: number } {
  const third = Math.max(1, Math.floor(values.length / 3));
  return { first: of(values.slice(0, third)), last: of(values.slice(-third)) };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
