import type { FuzzTarget, OpenTarget } from '../target.ts';
import { checkInput, type Failure, signatureOf } from './check-input.ts';
import type { Coverage } from './coverage.ts';
import type { FlightRecorder } from './flight-recorder.ts';
import { createMutator } from './mutate.ts';
import { createDice, type Dice } from './random.ts';
import { shrink } from './shrink.ts';

export interface Campaign {
  readonly definition: Pick<FuzzTarget, 'form' | 'words'>;
  readonly target: OpenTarget;
  readonly coverage: Coverage;
  readonly recorder: FlightRecorder;
  /** Inputs that earlier runs kept. */
  readonly known: readonly Buffer[];
  readonly seed: number;
  readonly deadlineMs: number;
  /** Ends it sooner; absent: the deadline alone does. */
  readonly isDone?: () => boolean;
  /** Called once per signature, with the shortest input found for it. */
  readonly onFailure: (failure: Failure, input: Buffer) => void;
  /** Called for each input that reached code that none before it had. */
  readonly onReached: (input: Buffer) => void;
}

/** What a campaign came to. Coverage is in characters of the product's code. */
export interface CampaignSummary {
  readonly inputs: number;
  readonly seedCoverage: number;
  readonly coverage: number;
  readonly kept: number;
}

/** Reading V8's counters takes as long as many inputs: one reading for a batch, as large as news are rare. */
const FIRST_BATCH = 8;
const MAX_BATCH = 512;
/** A batch of slow inputs ends after this. */
const MAX_BATCH_MS = 1_000;
const SHRINK_MS = 15_000;

/**
 * Makes inputs of good ones until the deadline and keeps those that reach new code, to make more of. A batch in which
 * new code ran is run again by halves until the input is found that reached it.
 */
export async function runCampaign(campaign: Campaign): Promise<CampaignSummary> {
  const { target, coverage, deadlineMs, known, onReached, isDone = () => false } = campaign;
  const dice = createDice(campaign.seed);
  const mutate = createMutator(campaign.definition, dice);
  const corpus: Buffer[] = [...target.seeds];
  const run = createRunner(campaign);
  for (const input of target.seeds) await run(input);
  const seedCoverage = coverage.addNew();

  const keepNew = async (batch: readonly Buffer[]): Promise<void> => {
    for (const input of batch) await run(input);
    if (!coverage.hasNew()) return;
    const [only] = batch;
    if (batch.length > 1 || only === undefined) {
      await keepNew(batch.slice(0, batch.length >> 1));
      await keepNew(batch.slice(batch.length >> 1));
      return;
    }
    await run(only);
    if (coverage.addNew() === 0) return;
    corpus.push(only);
    onReached(only);
  };
  for (const input of known) await keepNew([input]);
  for (let size = FIRST_BATCH; Date.now() < deadlineMs && !isDone();) {
    const batch: Buffer[] = [];
    const until = Math.min(deadlineMs, Date.now() + MAX_BATCH_MS);
    while (batch.length < size && Date.now() < until) {
      const input = mutate(pickParent(corpus, dice), dice.oneOf(corpus) ?? Buffer.alloc(0));
      batch.push(input);
      await run(input);
    }
    const before = corpus.length;
    if (coverage.hasNew()) await keepNew(batch);
    // What ran only once, a cache filled or a timer, is no input's doing.
    coverage.addNew();
    size = corpus.length > before ? Math.max(FIRST_BATCH, size >> 1) : Math.min(MAX_BATCH, size * 2);
  }
  return { inputs: run.count(), seedCoverage, coverage: coverage.seen(), kept: corpus.length };
}

/** Runs inputs, and tells each new way to fail with a shortened input. */
function createRunner({ target, recorder, onFailure, deadlineMs }: Campaign) {
  const told = new Set<string>();
  let inputs = 0;
  const failureOf = async (input: Buffer): Promise<Failure | undefined> => {
    recorder.begin(input);
    inputs += 1;
    return checkInput(target, input);
  };
  const run = async (input: Buffer): Promise<void> => {
    const failure = await failureOf(input);
    if (failure === undefined || told.has(signatureOf(failure))) return;
    // One bad time is the machine's.
    const again = await failureOf(input);
    if (again?.kind !== failure.kind) return;
    told.add(signatureOf(failure)).add(signatureOf(again));
    const fails = async (shorter: Buffer): Promise<boolean> => sameWay(await failureOf(shorter), again);
    onFailure(again, await shrink(input, fails, Math.min(deadlineMs, Date.now()) + SHRINK_MS));
  };
  return Object.assign(run, { count: () => inputs });
}

function sameWay(one: Failure | undefined, other: Failure): boolean {
  return one !== undefined && signatureOf(one) === signatureOf(other);
}

/** Half of the time one of the latest, which reach deepest. */
function pickParent(corpus: readonly Buffer[], dice: Dice): Buffer {
  const from = dice.oneIn(2) ? 0 : Math.max(0, corpus.length - 16);
  return corpus[from + dice.below(corpus.length - from)] ?? Buffer.alloc(0);
}
