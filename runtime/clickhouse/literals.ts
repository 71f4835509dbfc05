/** A DateTime64(3, 'UTC') of SQL as a person would type it. */
export function time(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `toDateTime64('${iso.slice(0, 10)} ${iso.slice(11, 23)}', 3, 'UTC')`;
}

/** A string of SQL. */
export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
