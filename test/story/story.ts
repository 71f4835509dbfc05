import { writeFileSync } from 'node:fs';
import { tellCandidate } from './chapters/candidate.ts';
import { tellFirstModel } from './chapters/first-model.ts';
import { tellKills } from './chapters/kills.ts';
import { tellPromotion } from './chapters/promotion.ts';
import { tellRollouts } from './chapters/rollouts.ts';
import { tellSabotage } from './chapters/sabotage.ts';
import { tellVerdict } from './chapters/verdict.ts';
import type { StoryConfig } from './config.ts';
import { createTeller, type Step } from './teller.ts';
import { createWorld } from './world.ts';

/**
 * The life of models, played with the real services on a stack of its own:
 * 1. a first model comes to Production and scores;
 * 2. a candidate stands beside it, in the shadow and over the past;
 * 3. it takes over under load, and goes back;
 * 4. candidates that something is wrong with are found out, each by its fault;
 * 5. services are killed at random moments;
 * 6. canaries: a healthy one walks to Production, bad ones come back by themselves, a thin one pauses;
 * 7. what stands in Kafka and ClickHouse is what was played.
 * Ends at the first step that fails. What was started is stopped, whatever happens. True: every step passed.
 */
export async function playStory(
  config: StoryConfig,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const begun = performance.now();
  log(`seed ${config.seed}: npm run story -- --seed ${config.seed} kills at the same moments`);
  const world = await createWorld(config, log);
  const teller = createTeller(log, Promise.race([world.failed, untilAborted(signal)]));
  let isToldToTheEnd = false;
  try {
    await tellFirstModel(teller, world);
    await tellCandidate(teller, world);
    await tellPromotion(teller, world);
    await tellSabotage(teller, world);
    const random = createRandom(config.seed);
    await tellKills(teller, world, random);
    await tellRollouts(teller, world, random);
    await tellVerdict(teller, world);
    isToldToTheEnd = true;
  } catch (error) {
    // Of a step the teller has told it.
    if (teller.steps.every(({ ok }) => ok)) throw error;
  } finally {
    log('\nstopping …');
    await world.close();
  }
  conclude(config, teller.steps, (performance.now() - begun) / 1_000, log);
  return isToldToTheEnd;
}

function conclude(
  { jsonFile, seed }: StoryConfig,
  steps: readonly Step[],
  seconds: number,
  log: (line: string) => void,
): void {
  const ok = steps.every((step) => step.ok);
  const summary = { ok, seed, seconds: Math.round(seconds), steps };
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(summary, null, 2)}\n`);
  log(`${steps.filter((step) => step.ok).length} of ${steps.length} steps passed in ${summary.seconds} s`);
}

function untilAborted(signal: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    const end = (): void => resolve(new Error('interrupted'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
