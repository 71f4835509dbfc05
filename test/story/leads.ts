import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { runReplay } from '@scoreline/cli/replay/run-replay.ts';
import type { DemoEnvironment } from '@scoreline/infra/demo/environment.ts';

/** A file of leads and the map that makes events of its rows. */
export interface LeadFile {
  readonly file: string;
  readonly mapFile: string;
}

/** The bank's history told as that of other years, so that its leads and their times are new ones. */
export interface Variant {
  /** Goes before the ids of its leads. */
  readonly name: string;
  readonly firstYear: number;
  /** Keeps only each n-th contact: 26 months in few rows. */
  readonly everyNth: number;
}

export interface ReplayRequest {
  /** Lead events a second; 0: as fast as it goes. */
  readonly rate: number;
  readonly limit?: number;
  readonly withOutcomes: boolean;
}

/** Leads under way until they are stopped. */
export interface Load {
  sent(): number;
  /** How many it was. */
  stop(): Promise<number>;
}

/** Who publishes leads, and how many it were. */
export interface Leads {
  /** The bank's contacts as they stand in data/bank. */
  readonly history: LeadFile;
  writeVariant(variant: Variant): Promise<LeadFile>;
  /** Publishes to the end; how many. */
  replay(file: LeadFile, request: ReplayRequest): Promise<number>;
  /** Publishes until it is stopped, from the beginning again where the file ends; without outcomes unless asked. */
  startLoad(file: LeadFile, rate: number, withOutcomes?: boolean): Load;
  /** All that were published. */
  published(): number;
  /** Ends what is still under way. */
  close(): Promise<void>;
}

const BANK = join(import.meta.dirname, '../../data/bank');
const CONTACTS = join(BANK, 'bank-additional-full.csv.gz');

export function createLeads(env: DemoEnvironment['env'], folder: string): Leads {
  let published = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();
  const publish: Publish = async (file, request, signal, onLeads) => {
    const running = runReplay(readSettings(env), toReplay(file, request, signal, onLeads));
    underWay = Promise.allSettled([underWay, running]);
    const { leads } = await running;
    published += leads;
    return leads;
  };
  return {
    history: { file: CONTACTS, mapFile: join(BANK, 'replay.json') },
    writeVariant: (variant) => writeVariant(variant, folder),
    replay: (file, request) => publish(file, request, closing.signal, () => {}),
    startLoad: (file, rate, withOutcomes = false) =>
      startLoad(publish, file, { rate, withOutcomes }, closing.signal),
    published: () => published,
    async close() {
      closing.abort();
      await underWay;
    },
  };
}

/** How many were published when the file or `signal` ended it; `onLeads` is told how many it is so far. */
type Publish = (
  file: LeadFile,
  request: ReplayRequest,
  signal: AbortSignal,
  onLeads: (leads: number) => void,
) => Promise<number>;

function readSettings({ KAFKA_BROKERS, SCHEMA_REGISTRY_URL, TOPIC_PREFIX }: DemoEnvironment['env']) {
  return { KAFKA_BROKERS: KAFKA_BROKERS.split(','), SCHEMA_REGISTRY_URL, TOPIC_PREFIX };
}

function toReplay(
  { file, mapFile }: LeadFile,
  { rate, limit = Infinity, withOutcomes }: ReplayRequest,
  signal: AbortSignal,
  onLeads: (leads: number) => void,
): Parameters<typeof runReplay>[1] {
  return {
    file,
    mapFile,
    rate,
    limit,
    withOutcomes,
    signal,
    strict: true,
    onRefused: () => {},
    onProgress: ({ leads }) => onLeads(leads),
    onWarning: () => {},
  };
}

function startLoad(publish: Publish, file: LeadFile, request: ReplayRequest, closing: AbortSignal): Load {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, closing]);
  let before = 0;
  let sent = 0;
  const run = async (): Promise<number> => {
    while (!signal.aborted) {
      before += await publish(file, request, signal, (leads) => (sent = before + leads));
    }
    return before;
  };
  const done = run();
  // Seen when it is stopped; a load that broke off before is no unhandled rejection.
  done.catch(() => undefined);
  return {
    sent: () => sent,
    stop() {
      stopping.abort();
      return done;
    },
  };
}

interface MapText {
  schema: { file: string };
  fields: Record<string, { template?: string }>;
  event_time: { runs_of_months: { first_year: number } };
}

async function writeVariant({ name, firstYear, everyNth }: Variant, folder: string): Promise<LeadFile> {
  const map = JSON.parse(await readFile(join(BANK, 'replay.json'), 'utf8')) as MapText;
  map.schema.file = join(BANK, map.schema.file);
  map.fields['event_id'] = { template: `${name}-{row}-contact` };
  map.fields['lead_id'] = { template: `${name}-{row}` };
  map.event_time.runs_of_months.first_year = firstYear;
  const mapFile = join(folder, `${name}.json`);
  await writeFile(mapFile, JSON.stringify({ ...map, $schema: undefined }));
  if (everyNth === 1) return { file: CONTACTS, mapFile };
  const file = join(folder, `${name}.csv`);
  await writeFile(file, (await readEveryNth(everyNth)).join('\n'));
  return { file, mapFile };
}

/** The header, and each n-th contact. */
async function readEveryNth(n: number): Promise<string[]> {
  const lines: string[] = [];
  let row = 0;
  for await (const line of createInterface(createReadStream(CONTACTS).pipe(createGunzip()))) {
    if (row % n === 0) lines.push(line);
    row += 1;
  }
  return lines;
}
