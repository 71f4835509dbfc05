import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planReplay } from '@scoreline/cli/replay/plan.ts';
import { createRowReader } from '@scoreline/cli/replay/read-row.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import type { FuzzTarget } from '../target.ts';
import { findLeadData, LEAD_DATA } from './lead-data.ts';

/** What `scoreline replay` is given. */
interface ReplayInput {
  readonly csv?: unknown;
  readonly schema?: unknown;
  readonly map?: unknown;
}

/** A CSV file, the map that makes events of its rows, and their schema. */
export const replayTarget: FuzzTarget = {
  name: 'replay',
  reads: 'what scoreline replay is given: a CSV file, its map, an Avro schema',
  form: 'json',
  words: ['"', ';', '\\r\\n', 'yyyy-MM-dd', '{row}', 'runs_of_months'],
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'scoreline-fuzz-replay-'));
    return {
      seeds: (await describeSeeds()).map((each) => Buffer.from(JSON.stringify(each))),
      async take(input) {
        const given = parse(input);
        if (given === undefined) return undefined;
        await writeFile(join(folder, 'rows.csv'), typeof given.csv === 'string' ? given.csv : '');
        await writeFile(join(folder, 'event.avsc'), toText(given.schema));
        await writeFile(join(folder, 'map.json'), toText(given.map));
        const told = await replay(folder);
        // What is taken for a name by a map or a schema is no lead's.
        const isName = `${toText(given.schema)}${toText(given.map)}`.includes(LEAD_DATA);
        return isName ? undefined : findLeadData('a message', told.join('\n'));
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

/** What it says of the rows that it refuses, or of the whole. */
async function replay(folder: string): Promise<readonly string[]> {
  const told: string[] = [];
  try {
    const plan = await planReplay({
      file: join(folder, 'rows.csv'),
      mapFile: join(folder, 'map.json'),
      topicPrefix: '',
      withOutcomes: true,
      registry: createInMemoryRegistry(),
    });
    const readRow = createRowReader(plan);
    try {
      for await (const row of plan.file.rows) {
        const read = readRow(row);
        if (!read.ok) told.push(...read.problems);
      }
    } finally {
      plan.file.close();
    }
  } catch (error) {
    // Errors of these classes are bugs: they say what broke, not what to do.
    if (!(error instanceof Error) || /^(Type|Range|Syntax|Reference)Error$/.test(error.name)) throw error;
    told.push(error.message);
  }
  return told;
}

function toText(document: unknown): string {
  try {
    return typeof document === 'string' ? document : (JSON.stringify(document) ?? '');
  } catch {
    return '';
  }
}

function parse(input: Buffer): ReplayInput | undefined {
  try {
    const given: unknown = JSON.parse(input.toString());
    return typeof given === 'object' && given !== null ? given : undefined;
  } catch {
    return undefined;
  }
}

async function describeSeeds(): Promise<readonly ReplayInput[]> {
  const bank = fileURLToPath(new URL('../../../data/bank/replay.json', import.meta.url));
  const { outcome, ...rest } = JSON.parse(await readFile(bank, 'utf8')) as { readonly outcome: object };
  const csv = `id;when;age;job;y;month\n1;2026-05-01;44;${LEAD_DATA};yes;may\n2;x;${LEAD_DATA};"a;b";no;jun\n`;
  const schema = {
    type: 'record',
    name: 'L',
    fields: [
      { name: 'lead_id', type: 'string' },
      { name: 'event_id', type: 'string' },
      { name: 'created_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'age', type: ['null', 'int'], default: null },
      { name: 'job', type: { type: 'enum', name: 'J', symbols: ['a', 'b'] } },
    ],
  };
  const fields = {
    lead_id: { column: 'id' },
    event_id: { template: 'e-{row}' },
    age: { column: 'age', null_words: ['x'] },
    job: { column: 'job' },
  };
  const map = { ...rest, schema: { file: 'event.avsc' }, fields, outcome: { ...outcome, column: 'y' } };
  const byColumn = {
    ...map,
    event_time: { field: 'created_at' },
    fields: { ...fields, created_at: { column: 'when', time: 'iso' } },
  };
  return [map, byColumn].map((each) => ({ csv, schema, map: each }));
}
