import type { CrashPoint } from '@scoreline/runtime/testing/crash-point.ts';
import { between, type Fault, pick } from './fault.ts';
import { crashAt, killOne, suspend, ZOMBIE_MS } from './process-faults.ts';

/** Both members of the group come by these. */
const POINTS_OF_ROWS: Readonly<Record<string, CrashPoint>> = {
  'before rows are inserted': 'before-rows',
  'after rows, before their marks': 'after-rows',
  'after marks, before its progress': 'after-marks',
  'after progress, before offsets': 'before-offsets',
  'after offsets': 'after-offsets',
};
const POINTS_OF_WINDOWS: Readonly<Record<string, CrashPoint>> = {
  'in the middle of a window': 'in-window',
  'before a window is decided': 'before-decision',
  'after a window is decided, before its marks are done': 'after-decision',
};

/** Drift ends, stands still, loses its partitions: each row and each window must come out as if it hadn't. */
export const DRIFT_FAULTS: readonly Fault[] = [
  { name: 'drift killed', inflict: (world, random) => killOne(pick(world.drifts, random), random) },
  {
    name: 'both drifts killed at once',
    async inflict({ drifts }, random) {
      await Promise.all(drifts.map((member) => killOne(member, random)));
    },
  },
  ...atPoints(POINTS_OF_ROWS),
  ...atPoints(POINTS_OF_WINDOWS).map((fault) => ({ ...fault, ofOwner: true })),
  {
    name: 'drift stands still past its session, and wakes up',
    inflict: (world, random) => suspend(pick(world.drifts, random), ZOMBIE_MS),
  },
  {
    name: 'drift stands still for a moment',
    inflict: (world, random) => suspend(pick(world.drifts, random), between(500, 4_000, random)),
  },
];

function atPoints(points: Readonly<Record<string, CrashPoint>>): Fault[] {
  return Object.entries(points).map(([where, point]) => ({
    name: `drift ends ${where}`,
    inflict: ({ drifts }) => crashAt(drifts, point),
  }));
}
