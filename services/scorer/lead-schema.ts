import type { Feature, InputFields, Manifest } from '@scoreline/core/contracts/manifest.ts';

/** A JSON Schema, as OpenAPI 3.1 takes it. */
interface JsonSchema {
  type: string | string[];
  description?: string;
  examples?: unknown[];
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** The body of POST /score-lead as JSON Schema: the fields that this model reads, nested where their paths are. */
export function describeLead(manifest: Manifest): JsonSchema {
  const { name, version, input } = manifest;
  const lead: JsonSchema = {
    type: 'object',
    description: `A lead as ${name}@${version} reads it. Any field may be absent or null, which is missing; others are ignored.`,
    required: [firstStep(input.entity_id)],
    properties: {
      publish: { type: 'boolean', description: 'true: the lead also goes to the topic lead-created.' },
    },
  };
  for (const feature of manifest.features) setField(lead, feature.field, describeFeature(feature));
  for (const [field, schema] of describeIdentity(input)) setField(lead, field, schema);
  return lead;
}

/** The fields at the top of a lead's body that this model or its identity reads. */
export function listKnownFields({ features, input }: Manifest): ReadonlySet<string> {
  const identity = describeIdentity(input).map(([field]) => field);
  const paths = [...features.map(({ field }) => field), ...identity];
  return new Set(['publish', ...paths.map(firstStep)]);
}

function describeIdentity(input: InputFields): [string, JsonSchema][] {
  const id = ['string', 'integer'];
  const fields: [string | undefined, JsonSchema][] = [
    [input.entity_id, { type: id, description: 'The lead’s id.' }],
    [input.event_id, { type: [...id, 'null'], description: 'Unique per event.' }],
    [
      input.event_time,
      { type: ['number', 'string', 'null'], description: 'Epoch milliseconds or ISO 8601, of 1900 to 2299.' },
    ],
    [input.group_id, { type: [...id, 'null'], description: 'The query or list that the lead is ranked in.' }],
  ];
  return fields.filter((field): field is [string, JsonSchema] => field[0] !== undefined);
}

function describeFeature({ name, kind, encoding, missing }: Feature): JsonSchema {
  const placeholders = missing.placeholders ?? [];
  const description = [
    `Feature ${name}.`,
    ...(placeholders.length > 0 ? [`Missing as well: ${placeholders.join(', ')}.`] : []),
  ].join(' ');
  const types = new Set([...typesOf(kind), ...placeholders.map((value) => typeof value), 'null']);
  const schema: JsonSchema = { type: [...types], description };
  if (encoding.type === 'pass') return schema;
  if (encoding.unseen !== 'reject') return { ...schema, examples: encoding.levels };
  return { ...schema, enum: [...encoding.levels, ...placeholders, null] };
}

function typesOf(kind: Feature['kind']): string[] {
  if (kind === 'categorical') return ['string', 'boolean'];
  return kind === 'boolean' ? ['boolean'] : ['number'];
}

function setField(schema: JsonSchema, path: string, field: JsonSchema): void {
  const steps = path.split('.');
  const last = steps.pop() ?? path;
  let parent = schema;
  for (const step of steps) {
    parent.properties ??= {};
    parent.properties[step] ??= { type: ['object', 'null'] };
    parent = parent.properties[step];
  }
  parent.properties ??= {};
  parent.properties[last] = field;
}

function firstStep(path: string): string {
  return path.split('.')[0] ?? path;
}
