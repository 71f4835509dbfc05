import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { ReplayMap } from '@scoreline/core/contracts/replay-map.ts';
import { type AvroWriter, createAvroWriter, writerFor } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { typeForSchema } from '@scoreline/runtime/avro/type.ts';
import { createEventSchema, type EventSchema } from './event-schema.ts';
import { createRowClock, type RowClock } from './event-times.ts';
import { createOutcomeReader, type OutcomeReader } from './outcomes.ts';
import { type CsvFile, openCsv } from './read-csv.ts';
import { createEventReader, type EventReader, type LeadEvent } from './read-event.ts';
import { MapRefused, readMap } from './read-map.ts';

/** All that is known before the first row is replayed. */
export interface ReplayPlan {
  readonly map: ReplayMap;
  readonly leadTopic: string;
  readonly outcomeTopic: string;
  readonly file: CsvFile;
  readonly read: EventReader;
  readonly clock: RowClock | undefined;
  /** Epoch milliseconds of an event that `read` has made; undefined where the map names no event time. */
  readonly eventTimeOf: (event: LeadEvent) => number | undefined;
  readonly readOutcome: OutcomeReader | undefined;
  readonly leadWriter: AvroWriter<LeadEvent>;
  readonly outcomeWriter: AvroWriter<LeadOutcome> | undefined;
}

export interface PlanInput {
  readonly file: string;
  readonly mapFile: string;
  readonly topicPrefix: string;
  readonly withOutcomes: boolean;
  readonly registry: RegistryClient;
}

/**
 * Fits map, schema and file to each other and registers the schemas. Throws {@link MapRefused} with every problem;
 * nothing has been published then.
 */
export async function planReplay(input: PlanInput): Promise<ReplayPlan> {
  const { map, folder } = await readMap(input.mapFile);
  const leadTopic = `${input.topicPrefix}${map.topic ?? 'lead-created'}`;
  const outcomeTopic = `${input.topicPrefix}${map.outcome?.topic ?? 'lead-outcomes'}`;
  const lead = await findSchema(map, folder, input);
  const schema = readSchema(input.mapFile, lead.text);
  const open = (): Promise<CsvFile> => openCsv(input.file, map.csv);
  const clock = await createRowClock(map.event_time, open);
  const file = await open();
  const outcome = input.withOutcomes ? map.outcome : undefined;
  const readers = fitToFile(input.mapFile, { ...map, outcome }, schema, file);
  const { registry } = input;
  return {
    ...readers,
    map,
    leadTopic,
    outcomeTopic,
    file,
    clock,
    eventTimeOf: createTimeReader(map, schema),
    leadWriter:
      lead.id === undefined
        ? await createAvroWriter<LeadEvent>(registry, `${leadTopic}-value`, lead.text)
        : writerFor<LeadEvent>(lead.id, lead.text),
    outcomeWriter:
      outcome &&
      (await createAvroWriter<LeadOutcome>(
        registry,
        `${outcomeTopic}-value`,
        contractSchema('lead-outcome'),
      )),
  };
}

/** A schema that Avro doesn't take can't be looked into. */
function readSchema(mapFile: string, text: string): EventSchema {
  try {
    typeForSchema(text);
    return createEventSchema(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MapRefused(mapFile, [`schema: it is no Avro schema of a lead event: ${reason}`]);
  }
}

function fitToFile(
  mapFile: string,
  map: Omit<ReplayMap, 'outcome'> & { readonly outcome: ReplayMap['outcome'] | undefined },
  schema: EventSchema,
  file: CsvFile,
): Pick<ReplayPlan, 'read' | 'readOutcome'> {
  const { outcome, ...rest } = map;
  const events = createEventReader(rest, schema, file.columns);
  const outcomes = outcome && createOutcomeReader(outcome, rest, file.columns);
  if (events.ok && (outcomes === undefined || typeof outcomes === 'function'))
    return { read: events.read, readOutcome: outcomes };
  file.close();
  const problems = events.ok ? [] : events.problems;
  throw new MapRefused(mapFile, typeof outcomes === 'object' ? [...problems, ...outcomes] : problems);
}

async function findSchema(
  { schema }: ReplayMap,
  folder: string,
  { registry, topicPrefix, mapFile }: PlanInput,
): Promise<{ readonly text: string; readonly id?: number }> {
  if ('file' in schema) return { text: await readFile(resolve(folder, schema.file), 'utf8') };
  const subject = `${topicPrefix}${schema.subject}`;
  const latest = await registry.latest(subject);
  if (latest === undefined) throw new MapRefused(mapFile, [`the registry has no subject '${subject}'`]);
  return { text: latest.schema, id: latest.id };
}

function createTimeReader({ event_time: rule }: ReplayMap, schema: EventSchema): ReplayPlan['eventTimeOf'] {
  const leaf = rule && schema.leaf(rule.field);
  if (leaf === undefined || typeof leaf === 'string') return () => undefined;
  const unitsPerMs = leaf.type.unitsPerMs ?? 1;
  const [name = ''] = leaf.path;
  return (event) => {
    const value = event[name];
    if (typeof value === 'number') return value / unitsPerMs;
    return typeof value === 'string' ? Date.parse(value) : undefined;
  };
}
