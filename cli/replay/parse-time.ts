/** A time as it is written in a cell: epoch milliseconds, or NaN where the cell holds none. */
export type ParseTime = (cell: string) => number;

const HAS_ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const UNITS = /yyyy|MM|dd|HH|mm|ss/g;

/**
 * A parser of `iso` (UTC where no zone is given), `epoch_s`, `epoch_ms`, or of a pattern of yyyy MM dd HH mm ss, in
 * UTC. Undefined where the pattern has no yyyy, MM or dd. A day that the calendar lacks (31 June) is no time.
 */
export function createTimeParser(format: string): ParseTime | undefined {
  if (format === 'iso') return parseIso;
  if (format === 'epoch_s') return (cell) => parseEpoch(cell, 1_000);
  if (format === 'epoch_ms') return (cell) => parseEpoch(cell, 1);
  return createPatternParser(format);
}

function parseIso(cell: string): number {
  if (!ISO.test(cell)) return NaN;
  const text = cell.replace(' ', 'T');
  const whole = text.length === 10 || HAS_ZONE.test(text.slice(10)) ? text : `${text}Z`;
  return Date.parse(whole);
}

function parseEpoch(cell: string, unitMs: number): number {
  return /^-?\d+(?:\.\d+)?$/.test(cell) ? Math.round(Number(cell) * unitMs) : NaN;
}

function createPatternParser(format: string): ParseTime | undefined {
  const units: readonly string[] = format.match(UNITS) ?? [];
  if (!['yyyy', 'MM', 'dd'].every((unit) => units.includes(unit))) return undefined;
  // One or two digits where two are named: 1/7/2024 is common.
  const pattern = format
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(UNITS, (unit) => (unit === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})'));
  const regex = new RegExp(`^${pattern}$`);
  return (cell) => {
    const found = regex.exec(cell);
    if (found === null) return NaN;
    const part = (unit: string, otherwise: number): number => {
      const index = units.indexOf(unit);
      return index === -1 ? otherwise : Number(found[index + 1]);
    };
    const [month, day] = [part('MM', 1), part('dd', 1)];
    const timeMs = Date.UTC(part('yyyy', 1970), month - 1, day, part('HH', 0), part('mm', 0), part('ss', 0));
    const date = new Date(timeMs);
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? timeMs : NaN;
  };
}
