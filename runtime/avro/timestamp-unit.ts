/** The unit of a numeric timestamp. */
export type TimestampUnit = 'millis' | 'micros' | 'nanos';

const UNITS: readonly TimestampUnit[] = ['millis', 'micros', 'nanos'];

/**
 * The unit of the field at `path` (dots go into records) by its logical type, `timestamp-micros` say; millis where
 * the schema doesn't tell.
 */
export function timestampUnit(schemaText: string, path: string): TimestampUnit {
  let schema: unknown = JSON.parse(schemaText);
  for (const name of path.split('.')) schema = fieldType(schema, name);
  const logical = branches(schema).map((branch) => property(branch, 'logicalType'));
  return (
    UNITS.find((unit) => logical.some((type) => typeof type === 'string' && type.endsWith(`-${unit}`))) ??
    'millis'
  );
}

function fieldType(schema: unknown, name: string): unknown {
  for (const branch of branches(schema)) {
    const fields = property(branch, 'fields');
    if (!Array.isArray(fields)) continue;
    const field: unknown = fields.find((each) => property(each, 'name') === name);
    if (field !== undefined) return property(field, 'type');
  }
  return undefined;
}

function branches(schema: unknown): readonly unknown[] {
  return Array.isArray(schema) ? schema : [schema];
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
