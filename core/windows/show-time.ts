/** A time for a person: UTC, to the minute; the date alone at midnight. */
export function showTime(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return iso.slice(11, 19) === '00:00:00' ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`;
}
