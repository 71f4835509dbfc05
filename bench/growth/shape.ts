/** What is grown: the backlog's and the scorer's measures. */
export interface Shape {
  /** Of `lead-created`, and of what is written. */
  readonly partitions: number;
  /** That the model reads: three in five are numbers, the others categories. */
  readonly features: number;
  readonly trees: number;
  /** Of a lead event's value, about; what the features don't take is filled with fields that no model reads. */
  readonly recordBytes: number;
  readonly leads: number;
  /** Scorers of one group. */
  readonly instances: number;
}

export type AxisName = keyof Shape;

/** One table: a measure that grows while the others stay. */
export interface Axis {
  readonly name: AxisName;
  readonly points: readonly Shape[];
}

/** What is grown, in the order of the page. */
export const AXES = [
  'partitions',
  'features',
  'trees',
  'recordBytes',
  'leads',
  'instances',
] as const satisfies readonly AxisName[];

/** A small model on a few partitions: near to what a record costs at least. */
export const BASE: Shape = {
  partitions: 4,
  features: 20,
  trees: 100,
  recordBytes: 200,
  leads: 100_000,
  instances: 1,
};

/** Wide and long records take megabytes a thousand: fewer of them, as many at each point of their axis. */
const FEWER = { leads: 20_000 };

const GROWTH: Readonly<
  Record<AxisName, { readonly values: readonly number[]; readonly base?: Partial<Shape> }>
> = {
  partitions: { values: [1, 4, 16, 64] },
  features: { values: [20, 100, 500], base: FEWER },
  trees: { values: [100, 500, 2_000] },
  recordBytes: { values: [200, 2_000, 20_000], base: FEWER },
  leads: { values: [10_000, 100_000, 1_000_000] },
  instances: { values: [1, 2, 4] },
};

/** Ten million leads: minutes, and gigabytes of disk. */
const LARGE_BACKLOG = 10_000_000;
/** Of a quick run's backlogs to those of a whole one. */
const QUICK_SHARE = 0.2;

export interface GrowthExtent {
  /** A fifth of the leads: whether it works, and in which direction things go. */
  readonly quick: boolean;
  /** A backlog of ten million as well. */
  readonly large: boolean;
}

/** The points of each axis that is asked for. */
export function planAxes(names: readonly AxisName[], { quick, large }: GrowthExtent): readonly Axis[] {
  return names.map((name) => {
    const { values, base } = GROWTH[name];
    const more = large && name === 'leads' ? [LARGE_BACKLOG] : [];
    const points = [...values, ...more].map((value) => ({ ...BASE, ...base, [name]: value }));
    return { name, points: quick ? points.map(shrink) : points };
  });
}

/** Each shape once, whichever axes it is on. */
export function distinctShapes(axes: readonly Axis[]): readonly Shape[] {
  const byKey = new Map(axes.flatMap(({ points }) => points).map((shape) => [keyOf(shape), shape]));
  return [...byKey.values()];
}

/** The same text for the same shape. */
export function keyOf(shape: Shape): string {
  return AXES.map((name) => shape[name]).join('-');
}

function shrink(shape: Shape): Shape {
  return { ...shape, leads: Math.ceil(shape.leads * QUICK_SHARE) };
}
