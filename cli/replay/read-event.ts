import type { ReplayMap, Source } from '@scoreline/core/contracts/replay-map.ts';
import { createCellConverter, Misfit } from './convert-cell.ts';
import type { EventSchema, Leaf } from './event-schema.ts';
import type { CsvRow } from './read-csv.ts';

/** A lead event, by its Avro schema's field names. */
export type LeadEvent = Readonly<Record<string, unknown>>;

export type EventRead =
  | { readonly ok: true; readonly event: LeadEvent }
  | { readonly ok: false; readonly problems: readonly string[] };

export type EventReader = (
  row: CsvRow,
  cells: readonly string[],
  eventTimeMs: number | undefined,
) => EventRead;

/** A field's value for a row, or a {@link Misfit}. */
export type FieldReader = (row: CsvRow, cells: readonly string[]) => unknown;

interface CompiledField {
  readonly name: string;
  readonly path: readonly string[];
  /** For messages: the column, or what else it comes from. */
  readonly from: string;
  readonly read: FieldReader;
}

export type CompiledReader =
  | { readonly ok: true; readonly read: EventReader }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Fits a map to a schema and a file's columns, once: then each row costs a call per field. Every problem of the fit
 * is told at once: columns that the file lacks, fields that the schema lacks or that nothing fills.
 */
export function createEventReader(
  map: ReplayMap,
  schema: EventSchema,
  columns: readonly string[],
): CompiledReader {
  const problems: string[] = [];
  const fields: CompiledField[] = [];
  for (const [name, source] of Object.entries(map.fields)) {
    const compiled = compileField(name, source, { map, schema, columns });
    if (typeof compiled === 'string') problems.push(`field ${name} ${compiled}`);
    else fields.push(compiled);
  }
  const computed = computedTime(map, schema);
  if (typeof computed === 'string') problems.push(`event_time: ${map.event_time?.field} ${computed}`);
  problems.push(...missingFields(map, schema));
  if (problems.length > 0) return { ok: false, problems };
  const time = typeof computed === 'object' ? computed : undefined;
  return { ok: true, read: (row, cells, eventTimeMs) => readEvent(fields, time, row, cells, eventTimeMs) };
}

interface Fit {
  readonly map: ReplayMap;
  readonly schema: EventSchema;
  readonly columns: readonly string[];
}

function compileField(name: string, source: Source, { map, schema, columns }: Fit): CompiledField | string {
  const leaf = schema.leaf(name);
  if (typeof leaf === 'string') return leaf;
  const read = createFieldReader(source, leaf, columns, map.null_words);
  return typeof read === 'string' ? read : { name, path: leaf.path, from: describeSource(source), read };
}

/** How a source gives a leaf its value; a string says why it can't. */
export function createFieldReader(
  source: Source,
  { type }: Pick<Leaf, 'type'>,
  columns: readonly string[],
  nullWords: readonly string[] = [''],
): FieldReader | string {
  if ('constant' in source) {
    const { constant } = source;
    if (constant === null) return type.nullable ? () => null : 'may not be null';
    const convert = createCellConverter(type, {}, []);
    const value = typeof convert === 'string' ? convert : convert(String(constant));
    if (value instanceof Misfit) return `has a constant that is not ${value.expected}`;
    return typeof convert === 'string' ? convert : () => value;
  }
  const text =
    'template' in source ? createTemplate(source.template, columns) : createColumn(source.column, columns);
  if (typeof text === 'string') return text;
  const convert = createCellConverter(
    type,
    'column' in source ? source : {},
    'column' in source ? nullWords : [],
  );
  return typeof convert === 'string' ? convert : (row, cells) => convert(text(row, cells));
}

type CellText = (row: CsvRow, cells: readonly string[]) => string;

function createColumn(column: string, columns: readonly string[]): CellText | string {
  const index = columns.indexOf(column);
  return index === -1 ? noColumn(column) : (_row, cells) => cells[index] ?? '';
}

/** `lead-{row}` and `{Source}-{Lead Number}`. */
function createTemplate(template: string, columns: readonly string[]): CellText | string {
  const parts: CellText[] = [];
  for (const piece of template.split(/(\{[^{}]*\})/)) {
    if (!/^\{.*\}$/.test(piece)) parts.push(() => piece);
    else if (piece === '{row}') parts.push(({ row }) => String(row));
    else {
      const column = createColumn(piece.slice(1, -1), columns);
      if (typeof column === 'string') return column;
      parts.push(column);
    }
  }
  return (row, cells) => parts.map((part) => part(row, cells)).join('');
}

export function noColumn(column: string): string {
  return `takes column '${column}', which the file does not have`;
}

/** Where a rule computes the event's time: the leaf that takes it. */
function computedTime({ event_time: rule }: ReplayMap, schema: EventSchema): Leaf | string | undefined {
  if (rule?.runs_of_months === undefined && rule?.evenly === undefined) return undefined;
  const leaf = schema.leaf(rule.field);
  if (typeof leaf === 'string') return leaf;
  return ['time', 'long', 'string'].includes(leaf.type.kind)
    ? leaf
    : `is of type ${leaf.type.kind}, not a time`;
}

function missingFields(map: ReplayMap, schema: EventSchema): string[] {
  const { event_time: rule } = map;
  const filled = new Set(Object.keys(map.fields).map((path) => path.split('.')[0]));
  const ruled = rule?.runs_of_months !== undefined || rule?.evenly !== undefined;
  if (ruled) filled.add(rule.field);
  const named = { event_id: map.event_id, key: map.key, ...(rule && { event_time: rule.field }) };
  return [
    ...schema.required
      .filter((field) => !filled.has(field))
      .map((field) => `the schema's field ${field} has neither a source in fields nor a default`),
    ...Object.entries(named)
      .filter(([, field]) => !filled.has(field))
      .map(([role, field]) => `${role} names the field ${field}, which nothing fills`),
  ];
}

function readEvent(
  fields: readonly CompiledField[],
  time: Leaf | undefined,
  row: CsvRow,
  cells: readonly string[],
  eventTimeMs: number | undefined,
): EventRead {
  const event: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const { name, path, from, read } of fields) {
    const value = read(row, cells);
    if (value instanceof Misfit) problems.push(`${name} (${from}) is not ${value.expected}`);
    else put(event, path, value);
  }
  if (time !== undefined && eventTimeMs !== undefined) put(event, time.path, timeValue(time, eventTimeMs));
  return problems.length === 0 ? { ok: true, event } : { ok: false, problems };
}

function timeValue({ type }: Leaf, timeMs: number): number | string {
  return type.kind === 'string'
    ? new Date(timeMs).toISOString()
    : Math.floor(timeMs * (type.unitsPerMs ?? 1));
}

function put(event: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let target = event;
  for (const name of path.slice(0, -1)) {
    target = (target[name] ??= {}) as Record<string, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) target[last] = value;
}

function describeSource(source: Source): string {
  if ('column' in source) return `column '${source.column}'`;
  return 'template' in source ? 'a template' : 'a constant';
}
