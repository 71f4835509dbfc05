import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lineup } from '../lineup.ts';
import type { ModelNumber, PackedLineup, ToThread } from './messages.ts';

interface ModelInThread {
  readonly number: ModelNumber;
  isOpen: boolean;
  /** When a lineup last had it. */
  lastWantedMs: number;
}

/** One that no lineup has had for so long is closed, as the main thread closes it. */
const LINGER_MS = 60_000;

/** Which models a thread has in its memory, as far as the main thread knows. */
export class ModelsInThread {
  readonly #post: (message: ToThread) => void;
  readonly #models = new Map<LoadedModel, ModelInThread>();
  #lastNumber = 0;

  constructor(post: (message: ToThread) => void) {
    this.#post = post;
  }

  /** Whether it has all of a lineup's; asks it to open those that it hasn't, and to close those of long ago. */
  has({ production, treatments }: Lineup): boolean {
    const nowMs = performance.now();
    const wanted = [production, ...treatments.filter((model) => model !== undefined)];
    for (const model of wanted) this.#want(model, nowMs);
    for (const [model, { lastWantedMs, number }] of this.#models) {
      if (nowMs - lastWantedMs < LINGER_MS) continue;
      this.#models.delete(model);
      this.#post({ kind: 'close', model: number });
    }
    return wanted.every((model) => this.#models.get(model)?.isOpen === true);
  }

  opened(number: ModelNumber): void {
    for (const model of this.#models.values()) if (model.number === number) model.isOpen = true;
  }

  /** It is asked to open it again when it is wanted next. */
  refused(number: ModelNumber): void {
    for (const [model, of] of this.#models) if (of.number === number) this.#models.delete(model);
  }

  /** The numbers of a lineup that it has. */
  pack({ production, treatments, traffic }: Lineup): PackedLineup {
    return {
      production: this.#numberOf(production),
      treatments: treatments.map((model) => model && this.#numberOf(model)),
      traffic,
    };
  }

  /** The thread has ended. */
  forget(): void {
    this.#models.clear();
  }

  #want(model: LoadedModel, nowMs: number): void {
    const known = this.#models.get(model);
    if (known !== undefined) {
      known.lastWantedMs = nowMs;
      return;
    }
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#models.set(model, { number, isOpen: false, lastWantedMs: nowMs });
    const { dir, manifest, policy } = model;
    this.#post({ kind: 'open', model: number, dir, manifest, policy });
  }

  #numberOf(model: LoadedModel): ModelNumber {
    const known = this.#models.get(model);
    if (known === undefined) throw new Error(`the scoring thread has no model ${model.dir}`);
    return known.number;
  }
}
