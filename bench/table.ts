/** What was measured, the figure, and what it is held against ('' for nothing). */
export type Row = readonly [what: string, measured: string, target: string];

/** Rows as lines of three columns. */
export function formatRows(rows: readonly Row[]): string[] {
  const widthOf = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const [left, right] = [widthOf(0), widthOf(1)];
  return rows.map(([what, measured, target]) =>
    `${what.padEnd(left)}   ${measured.padStart(right)}   ${target}`.trimEnd(),
  );
}

/** A whole number with its thousands apart. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
