import { FEATURES } from '@scoreline/core/drift/testing/world.ts';
import { WATCHED_HOURS } from './drifts.ts';

/** Tools to compare with. */
export const PEERS = ['evidently', 'nannyml'] as const;
export type Peer = (typeof PEERS)[number];

/** Columns of a month's matrix: see peers.py. */
const EVIDENTLY_COLUMNS = FEATURES.length + 1;
const CATEGORIES = 8;
const NANNYML_COLUMNS = EVIDENTLY_COLUMNS + FEATURES.length + CATEGORIES + 1;
const COLUMNS = EVIDENTLY_COLUMNS + NANNYML_COLUMNS;
const COLUMNS_OF = {
  evidently: [0, EVIDENTLY_COLUMNS],
  nannyml: [EVIDENTLY_COLUMNS, COLUMNS],
} as const;
/** Rows of a drift's matrix: Evidently's, NannyML's that name a column, and its reconstruction error. */
const SERIES = 3;

/** Alarms in a month of windows: a column that is above its limit, and wasn't in the window before. */
export function countPeerAlarms(tool: Peer, values: Float32Array, knob: number): number {
  const [first, end] = COLUMNS_OF[tool];
  let alarms = 0;
  for (let at = 0; at < values.length; at += COLUMNS) {
    for (let column = first; column < end; column++) {
      const before = at === 0 ? 0 : (values[at - COLUMNS + column] ?? 0);
      if ((values[at + column] ?? 0) > knob && before <= knob) alarms++;
    }
  }
  return alarms;
}

/** Hours from the onset to the end of the first window that alarms about what has drifted; null where none does. */
export function firstAlarm(
  tool: Peer,
  kind: string,
  drift: number,
  values: Float32Array,
  knob: number,
): number | null {
  const isMultivariate = kind === 'correlation lost';
  if (isMultivariate && tool === 'evidently') return null;
  const series = tool === 'evidently' ? 0 : isMultivariate ? 2 : 1;
  const start = (drift * SERIES + series) * WATCHED_HOURS;
  const at = values.subarray(start, start + WATCHED_HOURS).findIndex((value) => value > knob);
  return at === -1 ? null : at + 1;
}

/** The smallest knob at which the rate of false alarms is kept, to a thousandth: rates fall with the knob. */
export function tune(rateAt: (knob: number) => number, rate: number): number {
  let low = 0.01;
  let high = 100;
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if (rateAt(middle) <= rate) high = middle;
    else low = middle;
  }
  return high;
}
