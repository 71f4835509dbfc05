import type { PublishedRecord, Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { createDueQueue, type DueQueue } from './due-queue.ts';
import { createPace, type Pace } from './pace.ts';
import type { ReplayPlan } from './plan.ts';
import { createRowReader, type RowRead } from './read-row.ts';

export interface ReplayOptions {
  /** Lead events a second; 0: as fast as it goes. Outcomes come on top. */
  readonly rate: number;
  /** Rows to replay; the file's event times don't depend on it. */
  readonly limit: number;
  /** The first refused row ends the replay. */
  readonly strict: boolean;
  readonly signal: AbortSignal;
  readonly onRefused: (row: RefusedRow) => void;
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** A row that was not published, and why; never what stood in it. */
export interface RefusedRow {
  readonly row: number;
  readonly line: number;
  readonly problems: readonly string[];
}

export interface ReplayProgress {
  /** Share of the rows to replay, 0 to 1. */
  readonly share: number;
  readonly leads: number;
  readonly outcomes: number;
  readonly refused: number;
  readonly seconds: number;
}

export interface ReplaySummary extends ReplayProgress {
  readonly leadsPerSecond: number;
  readonly ended: 'complete' | 'aborted' | 'refused';
}

/** More outcomes than this never wait: the earliest go out early (their times stand in them). */
const MAX_WAITING_OUTCOMES = 1_000_000;
const MIN_OUTCOME_PORTION = 1_000;

/**
 * Replays a plan's file: leads in file order, each outcome once the replay's event time has come to when it was
 * recorded, the rest at the end. One portion is in flight while the next is read, so memory is bounded and the
 * order of a lead's records holds. An abort ends it after the portion at hand.
 */
export async function replay(
  plan: ReplayPlan,
  publisher: Publisher,
  options: ReplayOptions,
): Promise<ReplaySummary> {
  const flow = new Flow(plan, publisher, options);
  const readRow = createRowReader(plan);
  try {
    for await (const row of plan.file.rows) {
      if (options.signal.aborted || row.row > options.limit) break;
      const goesOn = await flow.take(readRow(row), row);
      if (!goesOn) return await flow.end('refused');
    }
    return await flow.end(options.signal.aborted ? 'aborted' : 'complete');
  } finally {
    plan.file.close();
  }
}

/** What is under way: the portion being gathered, the one in flight, and the outcomes that wait for their time. */
class Flow {
  readonly #plan: ReplayPlan;
  readonly #publisher: Publisher;
  readonly #options: ReplayOptions;
  readonly #pace: Pace;
  readonly #waiting: DueQueue<PublishedRecord> = createDueQueue();
  readonly #startedAt = performance.now();
  #leads: PublishedRecord[] = [];
  #outcomes: PublishedRecord[] = [];
  #inFlight: Promise<void> = Promise.resolve();
  #queuedLeads = 0;
  #portion: number;
  #sentLeads = 0;
  #sentOutcomes = 0;
  #refused = 0;
  #rows = 0;

  constructor(plan: ReplayPlan, publisher: Publisher, options: ReplayOptions) {
    this.#plan = plan;
    this.#publisher = publisher;
    this.#options = options;
    this.#pace = createPace(options.rate);
    this.#portion = this.#pace.portionAfter(0);
  }

  /** False where a refused row ends the replay. */
  async take(read: RowRead, { row, line }: { row: number; line: number }): Promise<boolean> {
    this.#rows = row;
    if (!read.ok) {
      this.#refused += 1;
      this.#options.onRefused({ row, line, problems: read.problems });
      return !this.#options.strict;
    }
    this.#leads.push(read.lead);
    if (read.outcome !== undefined) this.#waiting.push(read.outcome.dueMs, read.outcome.record);
    this.#release(read.eventTimeMs ?? -Infinity);
    if (this.#leads.length >= this.#portion) await this.#send();
    return true;
  }

  async end(how: ReplaySummary['ended']): Promise<ReplaySummary> {
    await this.#send();
    if (how === 'complete') {
      while (this.#waiting.size > 0) {
        this.#release(Infinity);
        await this.#send();
      }
    }
    await this.#inFlight;
    const progress = this.#progress();
    this.#options.onProgress(progress);
    return { ...progress, leadsPerSecond: progress.leads / Math.max(progress.seconds, 0.001), ended: how };
  }

  /** At most a portion's worth at once, so that the tail of a file is sent in steps. */
  #release(eventTimeMs: number): void {
    while (this.#outcomes.length < Math.max(this.#portion, MIN_OUTCOME_PORTION)) {
      const until = this.#waiting.size > MAX_WAITING_OUTCOMES ? Infinity : eventTimeMs;
      const outcome = this.#waiting.popDue(until);
      if (outcome === undefined) return;
      this.#outcomes.push(outcome);
    }
  }

  async #send(): Promise<void> {
    const [leads, outcomes] = [this.#leads, this.#outcomes];
    [this.#leads, this.#outcomes] = [[], []];
    await this.#pace.waitFor(this.#queuedLeads, this.#options.signal);
    this.#queuedLeads += leads.length;
    await this.#inFlight;
    this.#inFlight = this.#publish(leads, outcomes);
    this.#portion = this.#pace.portionAfter(this.#queuedLeads);
    // Seen when it is awaited, by the next portion or the end; until then it is no unhandled rejection.
    this.#inFlight.catch(() => undefined);
  }

  async #publish(leads: readonly PublishedRecord[], outcomes: readonly PublishedRecord[]): Promise<void> {
    const { leadTopic, outcomeTopic } = this.#plan;
    await Promise.all([
      leads.length > 0 && this.#publisher.publish(leadTopic, leads),
      outcomes.length > 0 && this.#publisher.publish(outcomeTopic, outcomes),
    ]);
    this.#sentLeads += leads.length;
    this.#sentOutcomes += outcomes.length;
    this.#options.onProgress(this.#progress());
  }

  #progress(): ReplayProgress {
    const { limit } = this.#options;
    const byLimit = Number.isFinite(limit) && limit > 0 ? this.#rows / limit : 0;
    return {
      share: Math.min(1, Math.max(this.#plan.file.readShare(), byLimit)),
      leads: this.#sentLeads,
      outcomes: this.#sentOutcomes,
      refused: this.#refused,
      seconds: (performance.now() - this.#startedAt) / 1_000,
    };
  }
}
