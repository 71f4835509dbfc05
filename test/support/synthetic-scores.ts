import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { Distribution, Reference } from '@scoreline/core/contracts/reference.ts';
import { createBinner, type Input } from '@scoreline/core/drift/binner.ts';

/** A seeded stream of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface SyntheticOptions {
  readonly reference: Reference;
  readonly random: () => number;
  readonly model?: string;
  readonly modelVersion?: string;
  readonly role?: LeadScored['role'];
  /** Changes a row's inputs after they were drawn: how a test makes drift. */
  readonly distort?: (inputs: Input[], names: readonly string[]) => void;
}

export interface ScoresSpan {
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly firstOffset: number;
  /** Default: now. */
  readonly scoredAtMs?: number;
}

/** `count` scores with event times spread over [fromMs, toMs), inputs drawn from the reference, offsets from `firstOffset`. */
export function makeScores(
  { reference, random, distort, ...version }: SyntheticOptions,
  { count, fromMs, toMs, firstOffset, scoredAtMs }: ScoresSpan,
): LeadScored[] {
  const draws = reference.features.map((feature) => createDraw(feature, random));
  const drawScore = createDraw(reference.score, random);
  const drawBand = createDraw(bandDistribution(reference), random);
  const names = reference.features.map(({ name }) => name);
  const binner = createBinner(reference);
  return Array.from({ length: count }, (_, i) => {
    const inputs = draws.map((draw) => draw());
    distort?.(inputs, names);
    const bins = Array.from({ length: inputs.length }, () => 0);
    binner(inputs, bins);
    const score = Number(drawScore());
    const eventTime = Math.floor(fromMs + ((toMs - fromMs) * i) / count);
    const timestamp = scoredAtMs ?? Date.now();
    return {
      event_id: `e${firstOffset + i}`,
      lead_id: `l${firstOffset + i}`,
      group_id: null,
      model: version.model ?? 'bank-leads',
      model_version: version.modelVersion ?? '1.0.0',
      role: version.role ?? 'production',
      run_id: null,
      experiment_id: null,
      fallback_from: null,
      fallback_code: null,
      score,
      band: String(drawBand()),
      reasons: [],
      inputs,
      bins,
      event_time: eventTime,
      scored_at: timestamp + Math.floor(random() * 100),
      inference_us: 10,
      source: { topic: 'lead-created', partition: 0, offset: firstOffset + i, timestamp },
    };
  });
}

function createDraw(distribution: Distribution, random: () => number): () => Input {
  const { bins, counts, missing, sample = [] } = distribution;
  const total = counts.reduce((sum, count) => sum + count, missing);
  return () => {
    let left = random() * total;
    const bin = counts.findIndex((count) => (left -= count) < 0);
    if (bin === -1) return null;
    if (bins.type === 'values') return bins.values[bin] ?? null;
    if (bins.type === 'levels') return bins.levels[bin] ?? null;
    return sample[Math.floor(random() * sample.length)] ?? null;
  };
}

/** The bands as a categorical distribution. */
function bandDistribution({ bands }: Reference): Distribution {
  const counts = Object.values(bands);
  return {
    name: 'bands',
    bins: { type: 'levels', levels: Object.keys(bands) },
    counts,
    other: 0,
    missing: 0,
    test: 'chi2',
  };
}
