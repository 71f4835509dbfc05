import type { Feature } from '../contracts/manifest.ts';
import { compileFieldPath, type LeadEvent } from '../features/field-path.ts';
import {
  type ContractFinding,
  describeTypes,
  readFieldTypes,
  refuse,
  warn,
} from './check-contract-finding.ts';
import type { EventSchema, FieldType } from './event-schema.ts';

const WHOLE_TYPES = ['int', 'long'];
const NUMBER_TYPES = [...WHOLE_TYPES, 'float', 'double'];
const MAX_INT = 2_147_483_647;
const BOOLEAN_LEVELS = ['true', 'false'];

/** What each kind of feature reads, in words, and the Avro types that its encoder takes. */
const READS: Readonly<
  Record<Feature['kind'], { readonly wanted: string; readonly types: readonly string[] }>
> = {
  numeric: { wanted: 'a number', types: NUMBER_TYPES },
  boolean: { wanted: 'a boolean', types: ['boolean'] },
  categorical: { wanted: 'a string', types: ['string', 'enum', 'boolean'] },
};

/** Holds one feature's field against the schema; `goldenEvents` are leads that it must still be able to carry. */
export function checkFeatureContract(
  feature: Feature,
  schema: EventSchema,
  goldenEvents: readonly LeadEvent[],
): ContractFinding[] {
  const who = `feature ${feature.name}`;
  const { wanted, types } = READS[feature.kind];
  const field = readFieldTypes(schema, feature.field, who, wanted);
  if (!field.ok) return [field.finding];
  const readable = field.types.filter(({ type }) => types.includes(type));
  const misfits = field.types.filter((type) => !readable.includes(type));
  return [
    ...misfits.map((type) => checkMisfit(feature, type, readable.length > 0)),
    ...checkLevels(feature, readable),
    ...checkRange(feature, readable, goldenEvents),
  ];
}

/** Each lead that holds such a type would be a dead letter, but for placeholders beside a type that can be read. */
function checkMisfit(feature: Feature, type: FieldType, hasOthers: boolean): ContractFinding {
  const { name, field, kind, missing } = feature;
  const who = `feature ${name}`;
  const held = (missing.placeholders ?? []).filter((value) => couldHold(type, value));
  const has = `the package reads ${READS[kind].wanted} from field ${field}, but the schema has ${describeTypes([type])}`;
  if (hasOthers && held.length > 0)
    return warn('contract.type', who, `${has} too: anything but ${held.join(', ')} there is a dead letter`);
  return refuse('contract.type', who, `${has} there: such a lead is a dead letter`);
}

function couldHold({ type, symbols }: FieldType, placeholder: string | number): boolean {
  if (typeof placeholder === 'number') return NUMBER_TYPES.includes(type);
  return type === 'string' || (symbols?.includes(placeholder) ?? false);
}

function checkLevels(feature: Feature, readable: readonly FieldType[]): ContractFinding[] {
  const { encoding } = feature;
  const possible = listSymbols(readable);
  if (encoding.type === 'pass' || possible === undefined) return [];
  const { levels, unseen } = encoding;
  const placeholders = new Set<unknown>(feature.missing.placeholders);
  const lost = levels.filter((level) => !possible.includes(level));
  const fresh = possible.filter((symbol) => !levels.includes(symbol) && !placeholders.has(symbol));
  return [
    ...(lost.length > 0 ? [tellLost(feature, lost, fresh)] : []),
    ...(fresh.length > 0 ? [tellNew(feature, fresh, unseen)] : []),
  ];
}

/** All that the field can hold; undefined where it may hold any text. */
function listSymbols(types: readonly FieldType[]): readonly string[] | undefined {
  if (types.length === 0 || types.some(({ type }) => type === 'string')) return undefined;
  return types.flatMap(({ type, symbols }) => (type === 'boolean' ? BOOLEAN_LEVELS : (symbols ?? [])));
}

function tellLost(
  { name, field }: Feature,
  lost: readonly string[],
  fresh: readonly string[],
): ContractFinding {
  const instead = fresh.length > 0 ? ` (new there: ${fresh.join(', ')}; renamed?)` : '';
  const what = `the package has the level ${lost.join(', ')}, which field ${field} can no longer hold${instead}`;
  return refuse('contract.levels', `feature ${name}`, what);
}

function tellNew(
  { name, field }: Feature,
  fresh: readonly string[],
  unseen: 'missing' | 'level' | 'zero' | 'reject',
): ContractFinding {
  const what = `field ${field} can hold ${fresh.join(', ')}, which training never saw`;
  const who = `feature ${name}`;
  if (unseen === 'reject')
    return refuse('contract.new_symbols', who, `${what}: such a lead is a dead letter (unseen: reject)`);
  return warn('contract.new_symbols', who, `${what}: it is encoded as unseen (${unseen})`);
}

/** A number's type was narrowed where the package's own golden rows no longer fit into it. */
function checkRange(
  feature: Feature,
  types: readonly FieldType[],
  goldenEvents: readonly LeadEvent[],
): ContractFinding[] {
  if (feature.kind !== 'numeric' || types.length === 0) return [];
  if (!types.every(({ type }) => WHOLE_TYPES.includes(type))) return [];
  const limit = types.some(({ type }) => type === 'long') ? Infinity : MAX_INT;
  const lost = listNumbers(feature, goldenEvents).find(
    (value) => !Number.isInteger(value) || Math.abs(value) > limit,
  );
  if (lost === undefined) return [];
  const what = `the package was made for values like ${lost} in field ${feature.field}, but the schema has ${describeTypes(types)}, which can't hold them`;
  return [refuse('contract.narrowed', `feature ${feature.name}`, what)];
}

function listNumbers({ field, missing }: Feature, events: readonly LeadEvent[]): number[] {
  const read = compileFieldPath(field);
  const placeholders = new Set<unknown>(missing.placeholders);
  return events
    .map(read)
    .filter((value): value is number => typeof value === 'number' && !placeholders.has(value));
}
