import type { Drift } from '@scoreline/core/alerts/testing/simulated-month.ts';
import { FEATURES, type Lead, season } from '@scoreline/core/drift/testing/world.ts';
import type { Random } from '@scoreline/core/drift/testing/random.ts';

/** Hours of calm before the drift: it starts on Tuesday at ten, when nobody expects it. */
export const ONSET_HOUR = 34;
/** A drift that isn't found within a week of hours counts as missed. */
export const WATCHED_HOURS = 7 * 24;

/** A drift with what an alarm about it may name. */
export interface KnownDrift {
  readonly kind: string;
  readonly size: string;
  /** Features, 'score' and 'bands', or 'multivariate'. */
  readonly subjects: readonly string[];
  /** Features, or 'score', whose values it changes. */
  readonly touches: readonly string[];
  readonly apply: Drift;
}

type Change = (lead: Lead, random: Random, hour: number) => void;

/** From the onset on. */
function sudden(change: Change): Drift {
  return (lead, hour, random) => {
    if (hour >= ONSET_HOUR) change(lead, random, hour);
  };
}

function about(...features: readonly string[]): Pick<KnownDrift, 'subjects' | 'touches'> {
  return { subjects: features, touches: features };
}

function indexOf(feature: string): number {
  return FEATURES.indexOf(feature);
}

function move(feature: string, moved: (x: number, random: Random, hour: number) => number): Change {
  const i = indexOf(feature);
  return (lead, random, hour) => {
    const x = lead.inputs[i];
    if (typeof x === 'number') lead.inputs[i] = moved(x, random, hour);
  };
}

function blank(feature: string, share: number): Change {
  const i = indexOf(feature);
  return (lead, random) => {
    if (random.uniform() < share) lead.inputs[i] = null;
  };
}

function relabel(feature: string, level: string, share: number): Change {
  const i = indexOf(feature);
  return (lead, random) => {
    if (random.uniform() < share) lead.inputs[i] = level;
  };
}

function shift(sigmas: number): KnownDrift {
  const change = move('number-0', (x) => x + sigmas);
  return { kind: 'shift of a number', size: `${sigmas} σ`, ...about('number-0'), apply: sudden(change) };
}

function widen(factor: number): KnownDrift {
  const change = move('number-4', (x) => x * factor);
  return { kind: 'scale of a number', size: `${factor} σ`, ...about('number-4'), apply: sudden(change) };
}

function newLevel(share: number): KnownDrift {
  return {
    kind: 'new category',
    size: percent(share),
    ...about('level-2'),
    apply: sudden(relabel('level-2', 'new', share)),
  };
}

function mix(share: number): KnownDrift {
  return {
    kind: 'mix of categories',
    size: `${percent(share)} become one`,
    ...about('level-3'),
    apply: sudden(relabel('level-3', 'e', share)),
  };
}

function missing(share: number): KnownDrift {
  return {
    kind: 'missing block',
    size: percent(share),
    ...about('number-2'),
    apply: sudden(blank('number-2', share)),
  };
}

/** Of a skewed amount: pounds for kilograms. */
function units(share: number): KnownDrift {
  const change = move('number-8', (x, random) => (random.uniform() < share ? x * 2.2046 : x));
  return {
    kind: 'swapped units',
    size: `${percent(share)} × 2.2`,
    ...about('number-8'),
    apply: sudden(change),
  };
}

/** A join gone wrong: the value is another lead's. */
function decorrelate(share: number): KnownDrift {
  const change = move('number-6', (x, random) => (random.uniform() < share ? random.normal() : x));
  return {
    kind: 'correlation lost',
    size: percent(share),
    subjects: ['multivariate'],
    touches: ['number-6'],
    apply: sudden(change),
  };
}

function ramp(sigmas: number): KnownDrift {
  const slope = sigmas / WATCHED_HOURS;
  const change = move('number-0', (x, _, hour) => x + slope * (hour - ONSET_HOUR));
  return { kind: 'slow ramp', size: `to ${sigmas} σ in a week`, ...about('number-0'), apply: sudden(change) };
}

/** Nights become days: a feature that had no cycle gets one. */
function cycle(sigmas: number): KnownDrift {
  const change = move('number-10', (x, _, hour) => x + (sigmas * season(hour)) / 0.7);
  return {
    kind: 'seasonal change',
    size: `cycle of ${sigmas} σ`,
    ...about('number-10'),
    apply: sudden(change),
  };
}

function score(sigmas: number): KnownDrift {
  const change: Change = (lead) => {
    lead.score += sigmas;
  };
  return {
    kind: 'score',
    size: `${sigmas} σ`,
    subjects: ['score', 'bands'],
    touches: ['score'],
    apply: sudden(change),
  };
}

function several(sigmas: number): KnownDrift {
  const features = ['number-0', 'number-1', 'number-4', 'number-6', 'number-9'];
  const changes = features.map((feature) => move(feature, (x) => x + sigmas));
  const change: Change = (lead, random, hour) => {
    for (const each of changes) each(lead, random, hour);
  };
  return { kind: 'five at once', size: `${sigmas} σ each`, ...about(...features), apply: sudden(change) };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Every kind in two or three sizes, one that is hard to see among them. */
export const KNOWN_DRIFTS: readonly KnownDrift[] = [
  ...[0.3, 0.5, 0.8].map(shift),
  ...[1.3, 1.6, 2].map(widen),
  ...[0.02, 0.05, 0.15].map(newLevel),
  ...[0.1, 0.2, 0.35].map(mix),
  ...[0.05, 0.1, 0.3].map(missing),
  ...[0.3, 0.6, 1].map(units),
  ...[0.5, 1].map(decorrelate),
  ...[0.6, 1.2].map(ramp),
  ...[0.4, 0.8].map(cycle),
  ...[0.3, 0.6].map(score),
  ...[0.3, 0.5].map(several),
];
