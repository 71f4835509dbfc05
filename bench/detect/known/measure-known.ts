import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerProcess, type PeerCheck, startPeer } from '../peers/peer-process.ts';
import { shareOut, type Thread } from '../pool.ts';
import { compareKinds, type KindComparison } from './compare-kinds.ts';
import type { Detection, Tool } from './detection.ts';
import { KNOWN_DRIFTS, WATCHED_HOURS } from './drifts.ts';
import { countPeerAlarms, firstAlarm, PEERS, type Peer, tune } from './peer-rule.ts';
import type { PeerFiles } from './simulate-stream.ts';

/** Leads an hour. */
const RATES = [50, 200, 1_000];
const MONTH_HOURS = 30 * 24;
/** By what the shift behind our practical limits is multiplied; the smallest that keeps to the rate is taken. */
const KNOBS = Array.from({ length: 33 }, (_, i) => (40 - i) / 40);
/** Every tool may alarm falsely as often as this, where rates are matched. */
const ALARMS_A_MONTH = 0.5;
/** Streams with drift have other seeds than months without; neither are those by which the policy was chosen. */
const CALM_SEEDS = 20_000;
const STREAM_SEEDS = 30_000;

/** A tool's knob, by which its limits are multiplied, and its false alarms a month at the default and there. */
export interface Calibration {
  readonly rowsAnHour: number;
  readonly tool: Tool;
  readonly atDefault: number;
  readonly knob: number;
  readonly matched: number;
}

export interface KnownResults {
  readonly hours: number;
  readonly alarmsAMonth: number;
  readonly calibrations: readonly Calibration[];
  readonly detections: readonly Detection[];
  /** Empty without peers. */
  readonly kinds: readonly KindComparison[];
  readonly check: PeerCheck | undefined;
}

interface Lane {
  readonly thread: Thread;
  readonly peer: PeerProcess | null;
}

interface Sizes {
  readonly streams: number;
  readonly calibrationMonths: number;
  readonly rates: readonly number[] | undefined;
}

/** Known drifts, ours beside the peers' on the same windows; without Python ours alone. */
export async function measureKnown(
  threads: readonly Thread[],
  python: string | null,
  sizes: Sizes,
): Promise<KnownResults> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-detect-'));
  const lanes = threads.map((thread) => ({ thread, peer: python === null ? null : startPeer(python) }));
  const cleanUp = (): void => {
    for (const { peer } of lanes) peer?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const stopListening = onStop(cleanUp);
  try {
    const calibrations: Calibration[] = [];
    const detections: Detection[] = [];
    let check: PeerCheck | undefined;
    for (const rowsAnHour of sizes.rates ?? RATES) {
      const calibrated = await calibrate(lanes, folder, rowsAnHour, sizes.calibrationMonths);
      check ??= calibrated.check;
      calibrations.push(...calibrated.tools);
      detections.push(...(await detect(lanes, folder, calibrated.tools, sizes.streams)));
    }
    const kinds = compareKinds(detections);
    return { hours: WATCHED_HOURS, alarmsAMonth: ALARMS_A_MONTH, calibrations, detections, kinds, check };
  } finally {
    stopListening();
    cleanUp();
  }
}

/** A run that is stopped leaves no gigabytes behind. Returns what ends the listening. */
function onStop(cleanUp: () => void): () => void {
  const stop = (): never => {
    cleanUp();
    process.exit(1);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

async function calibrate(
  lanes: readonly Lane[],
  folder: string,
  rowsAnHour: number,
  months: number,
): Promise<{ readonly tools: readonly Calibration[]; readonly check: PeerCheck | undefined }> {
  const seeds = Array.from({ length: months }, (_, i) => CALM_SEEDS + i);
  const calm = await shareOut(lanes, seeds, async ({ thread, peer }, seed) => {
    const task = { seed, rowsAnHour, hours: MONTH_HOURS, knobs: KNOBS, folder: peer && folder };
    const { files, ...fired } = await thread.run('calm', task);
    return { ...fired, peers: await askPeer(peer, files, rowsAnHour, seed === CALM_SEEDS) };
  });
  const ours = KNOBS.map((_, i) => mean(calm.map(({ matched }) => matched[i]?.length ?? 0)));
  const chosen = lastBelow(ours, ALARMS_A_MONTH);
  const tools: Calibration[] = [
    {
      rowsAnHour,
      tool: 'scoreline',
      atDefault: mean(calm.map(({ atDefault }) => atDefault.length)),
      knob: KNOBS[chosen] ?? 1,
      matched: ours[chosen] ?? 0,
    },
  ];
  const matrices = calm.flatMap(({ peers }) => (peers === null ? [] : [peers.values]));
  if (matrices.length > 0) {
    for (const tool of PEERS) {
      const rate = (knob: number) => mean(matrices.map((values) => countPeerAlarms(tool, values, knob)));
      const knob = tune(rate, ALARMS_A_MONTH);
      tools.push({ rowsAnHour, tool, atDefault: rate(1), knob, matched: rate(knob) });
    }
  }
  return { tools, check: calm[0]?.peers?.check };
}

async function detect(
  lanes: readonly Lane[],
  folder: string,
  calibrations: readonly Calibration[],
  streams: number,
): Promise<readonly Detection[]> {
  const rowsAnHour = calibrations[0]?.rowsAnHour ?? 0;
  const knobOf = (tool: Tool) => calibrations.find((calibration) => calibration.tool === tool)?.knob ?? 1;
  const seeds = Array.from({ length: streams }, (_, i) => STREAM_SEEDS + i);
  const results = await shareOut(lanes, seeds, async ({ thread, peer }, seed) => {
    const task = { seed, rowsAnHour, knob: knobOf('scoreline'), folder: peer && folder };
    const { watched, files } = await thread.run('stream', task);
    return { watched, peers: await askPeer(peer, files, rowsAnHour, false) };
  });
  return KNOWN_DRIFTS.map(({ kind, size }, drift) => {
    const ours = (at: 'atDefault' | 'matched') =>
      results.map(({ watched }) => watched[drift]?.[at]?.delayHours ?? null);
    const peer = (tool: Peer, knob: number) =>
      results.flatMap(({ peers }) =>
        peers === null ? [] : [firstAlarm(tool, kind, drift, peers.values, knob)],
      );
    return {
      kind,
      size,
      rowsAnHour,
      delays: { scoreline: ours('atDefault'), evidently: peer('evidently', 1), nannyml: peer('nannyml', 1) },
      matchedDelays: {
        scoreline: ours('matched'),
        evidently: peer('evidently', knobOf('evidently')),
        nannyml: peer('nannyml', knobOf('nannyml')),
      },
    };
  });
}

async function askPeer(peer: PeerProcess | null, files: PeerFiles | null, chunk: number, check: boolean) {
  if (peer === null || files === null) return null;
  const out = `${files.windows}.out`;
  const answer = await peer.measure({ ...files, chunk, out, check });
  const used = [files.reference, files.windows, out, ...files.drifts.map(({ file }) => file)];
  await Promise.all(used.map((file) => rm(file, { force: true })));
  return answer;
}

/** Index of the last knob, from the default on, up to which the rate is kept. */
function lastBelow(rates: readonly number[], rate: number): number {
  const broken = rates.findIndex((each) => each > rate);
  return Math.max(0, (broken === -1 ? rates.length : broken) - 1);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / Math.max(1, numbers.length);
}
