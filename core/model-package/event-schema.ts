/** What a field of an event can hold, null aside: one branch of its union, or its one type. */
export interface FieldType {
  /** `int`, `string`, `enum`, `record`, `array`, … */
  readonly type: string;
  readonly logicalType?: string;
  /** Of an enum. */
  readonly symbols?: readonly string[];
}

/** Where a path leads in a schema; `but` goes on from "the package reads …, but". */
export type FoundField =
  | { readonly found: 'types'; readonly types: readonly FieldType[] }
  | { readonly found: 'nothing'; readonly but: string }
  | { readonly found: 'obstacle'; readonly but: string };

/** An Avro schema of events, asked for its fields by the paths that a manifest uses. */
export interface EventSchema {
  find(path: string): FoundField;
}

type Node = unknown;

/** What lies below one step of a path. */
type Step =
  | { readonly kind: 'into'; readonly node: Node; readonly rest: readonly string[] }
  | { readonly kind: 'absent'; readonly but: string }
  | { readonly kind: 'obstacle'; readonly but: string };

/** A message lists no more of a record's fields than these. */
const MAX_FIELDS_TOLD = 12;

/**
 * Reads the text of an Avro schema; undefined where it isn't JSON or not a record. Paths go into records, unions of
 * them and maps as core/features/field-path does: whatever can't be followed as fields is a key of the map.
 */
export function parseEventSchema(schemaText: string): EventSchema | undefined {
  const root = parseJson(schemaText);
  const names = new Map<string, Node>();
  collectNames(root, '', names);
  const branchesOf = (node: Node): Node[] => listBranches(node, names);
  if (!branchesOf(root).some((branch) => typeOf(branch) === 'record')) return undefined;
  return { find: (path) => findField(root, path.split('.'), branchesOf) };
}

function findField(node: Node, path: readonly string[], branchesOf: (node: Node) => Node[]): FoundField {
  const branches = branchesOf(node);
  const [name, ...rest] = path;
  if (name === undefined) return { found: 'types', types: branches.map(describeType) };
  const steps = branches.map((branch) => takeStep(branch, name, rest, branchesOf));
  const ends = steps.map((step): FoundField => {
    if (step.kind === 'into') return findField(step.node, step.rest, branchesOf);
    return { found: step.kind === 'absent' ? 'nothing' : 'obstacle', but: step.but };
  });
  return mergeEnds(ends);
}

/** A union of records finds a field where any of them has it; the others' leads miss it, which a model can read. */
function mergeEnds(ends: readonly FoundField[]): FoundField {
  const obstacle = ends.find((end) => end.found === 'obstacle');
  if (obstacle !== undefined) return obstacle;
  const types = ends.flatMap((end) => (end.found === 'types' ? [end] : []));
  if (types.length > 0) return { found: 'types', types: types.flatMap((end) => end.types) };
  return ends[0] ?? { found: 'nothing', but: 'it can hold nothing but null' };
}

function takeStep(
  holder: Node,
  name: string,
  rest: readonly string[],
  branchesOf: (node: Node) => Node[],
): Step {
  const type = typeOf(holder);
  if (type === 'map') {
    const values = property(holder, 'values');
    const goesOn = branchesOf(values).some((branch) => ['record', 'map'].includes(typeOf(branch)));
    return { kind: 'into', node: values, rest: goesOn ? rest : [] };
  }
  if (type !== 'record') return { kind: 'obstacle', but: `there is a ${type} where '${name}' is looked for` };
  const fields = listFields(holder);
  const field = fields.find((each) => property(each, 'name') === name);
  if (field !== undefined) return { kind: 'into', node: property(field, 'type'), rest };
  return { kind: 'absent', but: describeRecord(holder, name, fields) };
}

function describeRecord(record: Node, name: string, fields: readonly Node[]): string {
  const renamed = fields.find((field) => listOf(property(field, 'aliases')).includes(name));
  const who = `record ${String(property(record, 'name'))}`;
  if (renamed !== undefined)
    return `${who} has no '${name}': it was renamed, '${String(property(renamed, 'name'))}' has it as an alias`;
  const told = fields.slice(0, MAX_FIELDS_TOLD).map((field) => String(property(field, 'name')));
  const more = fields.length > told.length ? `, and ${fields.length - told.length} more` : '';
  return `${who} has no '${name}', it has ${told.join(', ')}${more}`;
}

function describeType(branch: Node): FieldType {
  const logicalType = property(branch, 'logicalType');
  const symbols = property(branch, 'symbols');
  return {
    type: typeOf(branch),
    ...(typeof logicalType === 'string' ? { logicalType } : {}),
    ...(Array.isArray(symbols) ? { symbols: symbols.map(String) } : {}),
  };
}

/** A node's branches without null: a union's, or itself; a name is what it names, `{ type: X }` is X. */
function listBranches(node: Node, names: ReadonlyMap<string, Node>): Node[] {
  if (Array.isArray(node)) return node.flatMap((branch: Node) => listBranches(branch, names));
  if (typeof node === 'string') {
    const named = names.get(node) ?? names.get(node.split('.').at(-1) ?? node);
    return node === 'null' ? [] : [named ?? { type: node }];
  }
  const type = property(node, 'type');
  const isWrapped = Array.isArray(type) || (typeof type === 'object' && type !== null);
  if (isWrapped || (typeof type === 'string' && names.has(type))) return listBranches(type, names);
  return type === 'null' ? [] : [node];
}

/** Every named type of the schema under its full name and, where no other took it first, its short one. */
function collectNames(node: Node, namespace: string, names: Map<string, Node>): void {
  if (Array.isArray(node)) {
    for (const branch of node) collectNames(branch, namespace, names);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const own = property(node, 'namespace');
  const inner = typeof own === 'string' ? own : namespace;
  const name = property(node, 'name');
  if (typeof name === 'string' && ['record', 'enum', 'fixed'].includes(typeOf(node))) {
    names.set(inner === '' || name.includes('.') ? name : `${inner}.${name}`, node);
    const short = name.split('.').at(-1) ?? name;
    if (!names.has(short)) names.set(short, node);
  }
  for (const field of listFields(node)) collectNames(property(field, 'type'), inner, names);
  for (const key of ['type', 'items', 'values']) collectNames(property(node, key), inner, names);
}

function listFields(record: Node): readonly Node[] {
  return listOf(property(record, 'fields'));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function typeOf(node: Node): string {
  const type = property(node, 'type');
  return typeof type === 'string' ? type : typeof node === 'string' ? node : 'unknown';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
