import { NOT_A_RECORD } from './problem.ts';

/** A lead event as decoded: a record whose fields may be records, maps or plain values. */
export type LeadEvent = Readonly<Record<string, unknown>>;

/** Reads one field of an event; `undefined` where it, or a record on the way to it, is absent or null. */
export type FieldReader = (event: LeadEvent) => unknown;

/**
 * Compiles a path (`age`, `address.city`, `attributes.color`) into a reader. Each segment is a field of a record,
 * a key of a plain object or of a `Map`. Where a step meets something without fields (a string, an array) the
 * reader gives `NOT_A_RECORD`, which no kind of feature takes.
 */
export function compileFieldPath(path: string): FieldReader {
  const [first = path, ...rest] = path.split('.');
  if (rest.length === 0) return (event) => fieldOf(event[first]);
  return (event) => {
    let value = fieldOf(event[first]);
    for (const segment of rest) {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) return NOT_A_RECORD;
      value = value instanceof Map ? value.get(segment) : fieldOf((value as LeadEvent)[segment]);
    }
    return value;
  };
}

/** Methods on a decoded record's prototype (`clone`, `toString`, …) are not fields of the lead. */
function fieldOf(value: unknown): unknown {
  return typeof value === 'function' ? undefined : value;
}
