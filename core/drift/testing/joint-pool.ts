import type { Reference } from '../../contracts/reference.ts';
import { createBinner } from '../binner.ts';
import { addJointSums, createUnusualness, type JointSums, NO_JOINT_SUMS } from '../joint.ts';
import type { Random } from './random.ts';
import { drawLead } from './world.ts';

/** Leads whose distances stand for all at one phase: their mean lies .03 of their σ from the world's. */
const POOL_SIZE = 1_000;

/** Draws so many more leads' squared Mahalanobis distances; all drawn so far, in sum. */
export type JointDraw = (rows: number) => JointSums;

/**
 * Distances without leads: drawn, with replacement, from those of a pool of leads at each phase. Exact but for the
 * pool's own chance, and apart from the window's other counts. Null where the reference doesn't say how features go
 * together.
 */
export function createJointPool(reference: Reference): ((phase: number, random: Random) => JointDraw) | null {
  if (reference.joint === undefined) return null;
  const unusualness = createUnusualness(reference.joint);
  const bin = createBinner(reference);
  const bins = reference.features.map(() => 0);
  const pools = new Map<number, Float64Array>();
  const drawPool = (phase: number, random: Random): Float64Array =>
    new Float64Array(POOL_SIZE).map(() => {
      bin(drawLead(random, phase).inputs, bins);
      return unusualness(bins);
    });
  return (phase, random) => {
    const pool = pools.get(phase) ?? drawPool(phase, random);
    pools.set(phase, pool);
    let sums = NO_JOINT_SUMS;
    return (rows) => {
      let [sum, squares] = [0, 0];
      for (let row = 0; row < rows; row++) {
        const distance = pool[Math.floor(random.uniform() * POOL_SIZE)] ?? 0;
        sum += distance;
        squares += distance * distance;
      }
      sums = addJointSums(sums, { count: rows, sum, squares });
      return sums;
    };
  };
}
