/** A logarithmic axis: where a value is, from 0 at its begin to 1 at its end, and which values are named on it. */
export interface LogAxis {
  readonly ticks: readonly number[];
  position(value: number): number;
}

const STEPS = [1, 2, 5];

/** From the least to the most of the values, each of which is named; one value alone stands in the middle. */
export function spanValues(values: readonly number[]): LogAxis {
  const ticks = [...new Set(values)].toSorted((a, b) => a - b);
  return spanTicks(ticks);
}

/**
 * Over positive values, with ends of 1, 2, 5, 10, 20 … that are at least `leastRatio` apart: what hardly changes is to
 * look so.
 */
export function spanSteps(values: readonly number[], leastRatio: number): LogAxis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!(least > 0) || !Number.isFinite(most))
    throw new RangeError('a logarithmic axis needs positive values');
  const ladder = stepsAround(least, most);
  let from = ladder.findLastIndex((step) => step <= least);
  let to = ladder.findIndex((step) => step >= most);
  for (let down = true; (ladder[to] ?? NaN) / (ladder[from] ?? NaN) < leastRatio; down = !down) {
    if (down) from -= 1;
    else to += 1;
  }
  return spanTicks(ladder.slice(from, to + 1));
}

function spanTicks(ticks: readonly number[]): LogAxis {
  const [first = NaN] = ticks;
  const span = Math.log((ticks.at(-1) ?? NaN) / first);
  return { ticks, position: (value) => (span === 0 ? 0.5 : Math.log(value / first) / span) };
}

/** Steps from two decades below the least to two above the most. */
function stepsAround(least: number, most: number): readonly number[] {
  const from = Math.floor(Math.log10(least)) - 2;
  const to = Math.ceil(Math.log10(most)) + 2;
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return decades.flatMap((decade) => STEPS.map((step) => Number(`${step}e${decade}`)));
}
