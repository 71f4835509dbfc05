import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLeadCounter,
  createWorld,
  drawHour,
  HOUR_MS,
  type SimulatedWorld,
  START_MS,
  windowsOf,
} from '@scoreline/core/alerts/testing/simulated-month.ts';
import type { WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { createRandom } from '@scoreline/core/drift/testing/random.ts';
import { FEATURES, type Lead } from '@scoreline/core/drift/testing/world.ts';
import { toColumns, toRows } from '../rows-file.ts';
import { KNOWN_DRIFTS, type KnownDrift, ONSET_HOUR, WATCHED_HOURS } from './drifts.ts';
import { createMeter, type Watched, watchBoth } from './watch.ts';

const ONSET_MS = START_MS + ONSET_HOUR * HOUR_MS;

/** One stream of leads in a world whose days and weeks cycle. */
export interface StreamTask {
  readonly seed: number;
  readonly rowsAnHour: number;
  /** Of the policy that rates are matched with. */
  readonly knob: number;
  /** Where rows go for the peers; null: nowhere. */
  readonly folder: string | null;
}

/** What the peers read: see peers.py. */
export interface PeerFiles {
  readonly reference: string;
  readonly windows: string;
  /** Leads of each hour. */
  readonly counts: readonly number[];
  readonly drifts: readonly { readonly columns: readonly number[]; readonly file: string }[];
}

export interface StreamResult {
  /** For each drift. */
  readonly watched: readonly { readonly atDefault: Watched; readonly matched: Watched | undefined }[];
  readonly files: PeerFiles | null;
}

/** The same stream with each of the known drifts in turn: the calm leads are drawn once. */
export function simulateStream({ seed, rowsAnHour, knob, folder }: StreamTask): StreamResult {
  const world = createWorld(seed, true);
  const leads = drawLeads(world, seed, rowsAnHour, ONSET_HOUR + WATCHED_HOURS);
  const count = createLeadCounter(world.reference);
  const calm = memoize((hour) => count(leads[hour] ?? []));
  const meter = createMeter(world.reference, ONSET_MS);
  const watched: StreamResult['watched'][number][] = [];
  const drifts: PeerFiles['drifts'][number][] = [];
  for (const [i, drift] of KNOWN_DRIFTS.entries()) {
    const moved = applyDrift(drift, leads, seed);
    const drifted = memoize((hour) => count(moved[hour - ONSET_HOUR] ?? []));
    const histogramOf = (hour: number) => (hour < ONSET_HOUR ? calm(hour) : drifted(hour));
    const windowsAt = (policy: CompletePolicy) =>
      windowsOf(world.reference, leads.length, histogramOf, policy);
    const onset = { ms: ONSET_MS, subjects: new Set(drift.subjects) };
    const { atDefault, matched } = watchBoth(meter, windowsAt, [knob], onset);
    watched.push({ atDefault, matched: matched[0] });
    if (folder !== null) drifts.push(writeColumns(drift, moved, join(folder, `${seed}-${rowsAnHour}-${i}`)));
  }
  if (folder === null) return { watched, files: null };
  const watchedLeads = leads.slice(ONSET_HOUR);
  const files = writeStream(world, watchedLeads, join(folder, `${seed}-${rowsAnHour}`));
  return { watched, files: { ...files, drifts } };
}

/** Leads of so many hours without drift. */
export function drawLeads(
  world: SimulatedWorld,
  seed: number,
  rowsAnHour: number,
  hours: number,
): readonly (readonly Lead[])[] {
  const random = createRandom(10_000 * rowsAnHour + seed);
  return Array.from({ length: hours }, (_, hour) => drawHour(world, { hour, rowsAnHour }, random));
}

/** The training's and the stream's leads, in files for the peers. */
export function writeStream(
  world: SimulatedWorld,
  hours: readonly (readonly Lead[])[],
  path: string,
): Omit<PeerFiles, 'drifts'> {
  const files = { reference: `${path}.reference`, windows: `${path}.windows` };
  writeFileSync(files.reference, toRows(world.training));
  writeFileSync(files.windows, toRows(hours.flat()));
  return { ...files, counts: hours.map(({ length }) => length) };
}

/** The leads from the onset on, with the drift; those before aren't touched. */
function applyDrift(
  drift: KnownDrift,
  leads: readonly (readonly Lead[])[],
  seed: number,
): readonly (readonly Lead[])[] {
  const random = createRandom(seed);
  return leads.slice(ONSET_HOUR).map((hour, i) =>
    hour.map(({ inputs, score }) => {
      const lead = { inputs: [...inputs], score };
      drift.apply(lead, ONSET_HOUR + i, random);
      return lead;
    }),
  );
}

/** Only the columns that the drift touches: the others are the calm stream's. */
function writeColumns(
  { touches }: KnownDrift,
  hours: readonly (readonly Lead[])[],
  path: string,
): PeerFiles['drifts'][number] {
  const columns = touches.map((name) => (name === 'score' ? FEATURES.length : FEATURES.indexOf(name)));
  writeFileSync(path, toColumns(hours.flat(), columns));
  return { columns, file: path };
}

function memoize(make: (hour: number) => WindowHistogram): (hour: number) => WindowHistogram {
  const known = new Map<number, WindowHistogram>();
  return (hour) => {
    const histogram = known.get(hour) ?? make(hour);
    known.set(hour, histogram);
    return histogram;
  };
}
