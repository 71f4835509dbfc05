/** The part of an Avro schema's JSON that a replay needs to know. */
export type AvroSchema = string | AvroDeclaration | readonly AvroSchema[];

interface AvroDeclaration {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly logicalType?: string;
  readonly symbols?: readonly string[];
  readonly fields?: readonly AvroField[];
  readonly values?: AvroSchema;
}

interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
}

/** What a cell has to become. */
export interface LeafType {
  readonly kind: 'string' | 'int' | 'long' | 'number' | 'boolean' | 'enum' | 'time';
  readonly nullable: boolean;
  /** Of times: how many of the field's units a millisecond has (1, 1000, or 1/86,400,000 for dates). */
  readonly unitsPerMs?: number;
  /** Of enums. */
  readonly symbols?: readonly string[];
}

/** A place in the event: the names on the way, and the type that stands there. */
export interface Leaf {
  readonly path: readonly string[];
  readonly type: LeafType;
}

export interface EventSchema {
  /** The leaf of a dotted path, or why there is none. */
  leaf(path: string): Leaf | string;
  /** Top-level fields that have no default: they need a source. */
  readonly required: readonly string[];
}

const PRIMITIVES: Readonly<Record<string, LeafType['kind']>> = {
  string: 'string',
  int: 'int',
  long: 'long',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
};

const TIME_UNITS: Readonly<Record<string, number>> = {
  'timestamp-millis': 1,
  'timestamp-micros': 1_000,
  'local-timestamp-millis': 1,
  'local-timestamp-micros': 1_000,
  date: 1 / 86_400_000,
};

/** Reads a record's schema. Throws where it is no record. */
export function createEventSchema(schemaText: string): EventSchema {
  const root = JSON.parse(schemaText) as AvroSchema;
  const names = new Map<string, AvroDeclaration>();
  collectNames(root, undefined, names);
  const fields = isDeclaration(root) ? root.fields : undefined;
  if (fields === undefined) throw new Error('a lead event is an Avro record; this schema is none');
  return {
    leaf: (path) => findLeaf(root, path.split('.'), [], names),
    required: fields.filter((field) => field.default === undefined).map((field) => field.name),
  };
}

function findLeaf(
  schema: AvroSchema,
  rest: readonly string[],
  path: readonly string[],
  names: ReadonlyMap<string, AvroDeclaration>,
): Leaf | string {
  const branches = branchesOf(schema);
  const [only, another] = branches.filter((branch) => branch !== 'null');
  if (only === undefined || another !== undefined)
    return 'is a union of several types: a cell does not say which';
  const type = typeof only === 'string' ? (names.get(only) ?? only) : only;
  const [head, ...tail] = rest;
  if (head === undefined) return leafOf(type, path, branches.includes('null'));
  if (typeof type === 'string') return `goes into a ${type}`;
  // What is left of the path is the map's key: feature names may have dots.
  if (type.values !== undefined) return findLeaf(type.values, [], [...path, rest.join('.')], names);
  const field = type.fields?.find(({ name }) => name === head);
  return field === undefined
    ? 'is no field of the schema'
    : findLeaf(field.type, tail, [...path, head], names);
}

function leafOf(type: string | AvroDeclaration, path: readonly string[], nullable: boolean): Leaf | string {
  if (typeof type === 'string') {
    const kind = PRIMITIVES[type];
    return kind === undefined
      ? `is of type ${type}, which no cell becomes`
      : { path, type: { kind, nullable } };
  }
  if (type.symbols !== undefined) return { path, type: { kind: 'enum', nullable, symbols: type.symbols } };
  const unitsPerMs = TIME_UNITS[type.logicalType ?? ''];
  if (unitsPerMs !== undefined) return { path, type: { kind: 'time', nullable, unitsPerMs } };
  // Other logical types (uuid, time of day) are written as what they stand on.
  if (typeof type.type === 'string') return leafOf(type.type, path, nullable);
  return `is of type ${JSON.stringify(type.type)}, which no cell becomes`;
}

function branchesOf(schema: AvroSchema): readonly (string | AvroDeclaration)[] {
  return isUnion(schema) ? schema.flatMap(branchesOf) : [schema];
}

/** A named type may be used again by its name, full or not. */
function collectNames(
  schema: AvroSchema,
  namespace: string | undefined,
  names: Map<string, AvroDeclaration>,
): void {
  if (typeof schema === 'string') return;
  if (isUnion(schema)) return schema.forEach((branch) => collectNames(branch, namespace, names));
  const space = schema.namespace ?? namespace;
  if (schema.name !== undefined) {
    names.set(schema.name, schema);
    if (space !== undefined) names.set(`${space}.${schema.name}`, schema);
  }
  for (const field of schema.fields ?? []) collectNames(field.type, space, names);
  if (schema.values !== undefined) collectNames(schema.values, space, names);
  if (typeof schema.type !== 'string') collectNames(schema.type, space, names);
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

function isDeclaration(schema: AvroSchema): schema is AvroDeclaration {
  return typeof schema === 'object' && !isUnion(schema);
}
