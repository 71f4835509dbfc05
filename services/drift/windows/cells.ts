/** Where a number of a row has no Kolmogorov–Smirnov cell: it is missing, or the reference has no sample. */
export const NO_CELL = 65_535;

/** The sample points of one subject, ascending, as a constant of SQL; `subject` is SQL too. */
export function pointsOf(subject: string, name: string): string {
  return `(
    SELECT arraySort(groupArray(value)) FROM reference_samples FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND subject = ${subject}
  ) AS ${name}`;
}

/**
 * SQL of the Kolmogorov–Smirnov cell of a Float64 `x` among the points `points`, by binary search: 2i − 1 for the i-th
 * point itself, 2i above it, 0 below them all. A join would cost as much as all the rest, and a row for each number.
 */
export function cellOf(x: string, points: string): string {
  const below = `roundDown(${x}, ${points})`;
  const index = `transform(${below}, ${points}, arrayEnumerate(${points}), 0)`;
  return `toUInt16(2 * ${index} + multiIf(${x} < ${below}, 0, ${x} = ${below}, 1, 2) - 2)`;
}

/** SQL of how far `x` is from the point below it, from the first where it is below them all: as `KsCells.offsetOf`. */
export function offsetOf(x: string, points: string): string {
  const distance = `abs(${x} - roundDown(${x}, ${points}))`;
  return `if(isFinite(${distance}), ${distance}, 0)`;
}
