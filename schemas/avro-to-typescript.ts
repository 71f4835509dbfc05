/** The part of Avro's schema language that our contracts use. */
export type AvroType = string | AvroRecord | AvroEnum | AvroArray | AvroLogical | readonly AvroType[];
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly { readonly name: string; readonly type: AvroType; readonly doc?: string }[];
}
interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
}
interface AvroArray {
  readonly type: 'array';
  readonly items: AvroType;
}
interface AvroLogical {
  readonly type: 'long';
  readonly logicalType: 'timestamp-millis';
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
};

/** One exported declaration per named Avro type, the innermost first; longs are numbers (epoch ms, offsets). */
export function avroToTypeScript(record: AvroRecord): string {
  const declarations: string[] = [];
  declare(record, declarations);
  return declarations.join('\n');
}

function declare(type: AvroRecord | AvroEnum, declarations: string[]): void {
  if (type.type === 'enum') {
    declarations.push(
      `export type ${type.name} = ${type.symbols.map((symbol) => `'${symbol}'`).join(' | ')};\n`,
    );
    return;
  }
  const fields = type.fields.map(
    (field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${render(field.type, declarations)};\n`,
  );
  declarations.push(`${comment(type.doc, '')}export interface ${type.name} {\n${fields.join('')}}\n`);
}

function render(type: AvroType, declarations: string[]): string {
  if (typeof type === 'string') return primitive(type);
  if (isUnion(type)) return type.map((branch) => render(branch, declarations)).join(' | ');
  switch (type.type) {
    case 'record':
    case 'enum':
      declare(type, declarations);
      return type.name;
    case 'array':
      return `readonly (${render(type.items, declarations)})[]`;
    case 'long':
      return 'number';
    default:
      throw new Error(`no TypeScript rendering yet for ${JSON.stringify(type)}`);
  }
}

function isUnion(type: AvroType): type is readonly AvroType[] {
  return Array.isArray(type);
}

function primitive(name: string): string {
  const rendered = PRIMITIVES[name];
  if (rendered === undefined) throw new Error(`Avro type '${name}' has no TypeScript rendering yet`);
  return rendered;
}

function comment(doc: string | undefined, indent: string): string {
  return doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '*\\/')} */\n`;
}
