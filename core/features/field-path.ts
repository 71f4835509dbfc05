import { NOT_A_RECORD } from './problem.ts';

/** A lead event as decoded: a record whose fields may be records, maps or plain values. */
export type LeadEvent = Readonly<Record<string, unknown>>;

/** Reads one field of an event; `undefined` where it, or a record on the way to it, is absent or null. */
export type FieldOf = (event: LeadEvent) => unknown;

/**
 * Compiles a path (`age`, `address.city`, `attributes.color`) into a reader. Each step is a field of a record, a key
 * of a plain object or of a `Map`; keys may hold dots: where there is no such field, the whole rest of the path is
 * tried as a key. Where a step meets something without fields (a string, an array) the reader gives `NOT_A_RECORD`,
 * which no kind of feature takes.
 */
export function compileFieldPath(path: string): FieldOf {
  const names = path.split('.');
  if (names.length === 1) return (event) => valueAt(event, path);
  const steps = names.map((name, index) => ({ name, rest: names.slice(index).join('.') }));
  return (event) => {
    let value: unknown = event;
    for (const { name, rest } of steps) {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) return NOT_A_RECORD;
      const next = valueAt(value, name);
      if (next === undefined) return valueAt(value, rest);
      value = next;
    }
    return value;
  };
}

/** Compiles paths into a reader of all of them at once: `values[i]` becomes what stands at `paths[i]`. */
export function compileFieldPaths(paths: readonly string[]): (event: LeadEvent, values: unknown[]) => void {
  const readers = paths.map(compileFieldPath);
  return (event, values) => {
    let index = 0;
    for (const read of readers) {
      values[index] = read(event);
      index += 1;
    }
  };
}

/** Methods on a decoded record's prototype (`clone`, `toString`, …) are not fields of the lead. */
function valueAt(holder: object, key: string): unknown {
  const value: unknown = holder instanceof Map ? holder.get(key) : (holder as LeadEvent)[key];
  return typeof value === 'function' ? undefined : value;
}
