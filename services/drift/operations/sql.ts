/** A time column within `{start:Int64}`, inclusive, and `{end:Int64}`, exclusive: epoch milliseconds. */
export function timeIn(column: string): string {
  return `${column} >= ${timeOf('start')} AND ${column} < ${timeOf('end')}`;
}

/** A bound parameter of epoch milliseconds as a time. */
export function timeOf(parameter: string): string {
  return `fromUnixTimestamp64Milli({${parameter}:Int64}, 'UTC')`;
}
