import type { InputFields } from '../contracts/manifest.ts';
import { type ContractFinding, describeTypes, readFieldTypes, refuse } from './check-contract-finding.ts';
import type { EventSchema, FieldType } from './event-schema.ts';

const ID_TYPES = ['string', 'int', 'long'];
const TIME_TYPES = ['long', 'float', 'double', 'string'];
/** Days, and times of a day: numbers that would be read as moments of 1970. */
const NO_MOMENTS = ['date', 'time-millis', 'time-micros'];

/** The fields that name a lead and its time: present, and of a type that core/features/identity reads. */
export function checkIdentityContract(input: InputFields, schema: EventSchema): ContractFinding[] {
  const ids = [
    ['entity_id', input.entity_id],
    ['event_id', input.event_id],
    ['group_id', input.group_id],
  ] as const;
  return [
    ...ids.flatMap(([role, path]) => checkField(schema, role, path, 'a string or an integer', isId)),
    ...checkField(schema, 'event_time', input.event_time, 'a timestamp or an ISO 8601 string', isTime),
  ];
}

function checkField(
  schema: EventSchema,
  role: keyof InputFields,
  path: string | undefined,
  wanted: string,
  fits: (type: FieldType) => boolean,
): ContractFinding[] {
  if (path === undefined) return [];
  const who = `input.${role}`;
  const field = readFieldTypes(schema, path, who, wanted);
  if (!field.ok) return [field.finding];
  const misfits = field.types.filter((type) => !fits(type));
  if (misfits.length === 0) return [];
  const what = `the package reads ${wanted} from field ${path}, but the schema has ${describeTypes(misfits)} there`;
  return [refuse('contract.type', who, what)];
}

function isId({ type, logicalType }: FieldType): boolean {
  return ID_TYPES.includes(type) && logicalType !== 'decimal';
}

/** An int can't hold milliseconds since 1970. */
function isTime({ type, logicalType }: FieldType): boolean {
  return TIME_TYPES.includes(type) && !NO_MOMENTS.includes(logicalType ?? '');
}
