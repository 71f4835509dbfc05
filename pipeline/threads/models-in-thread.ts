import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lineup } from '../lineup.ts';
import type { ModelNumber, PackedLineup, ToThread } from './messages.ts';

interface ModelInThread {
  readonly number: ModelNumber;
  isOpen: boolean;
}

/** The current ones, and those of a moment ago. */
const KEPT_MODELS = 4;

/** Which models a thread has in its memory, as far as the main thread knows. */
export class ModelsInThread {
  readonly #post: (message: ToThread) => void;
  /** The least recently opened first. */
  readonly #models = new Map<LoadedModel, ModelInThread>();
  #lastNumber = 0;

  constructor(post: (message: ToThread) => void) {
    this.#post = post;
  }

  /** Whether it has all of a lineup's; asks it to open those that it never had, and to close the oldest instead. */
  has({ production, treatments }: Lineup): boolean {
    const wanted = new Set([production, ...treatments.filter((model) => model !== undefined)]);
    const missing = [...wanted].filter((model) => !this.#models.has(model));
    for (const model of missing) this.#open(model);
    if (missing.length > 0) this.#closeOldest(wanted);
    return [...wanted].every((model) => this.#models.get(model)?.isOpen === true);
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
    const numberOf = (model: LoadedModel): ModelNumber => this.#models.get(model)?.number ?? NaN;
    return {
      production: numberOf(production),
      treatments: treatments.map((model) => model && numberOf(model)),
      traffic,
    };
  }

  /** The thread has ended. */
  forget(): void {
    this.#models.clear();
  }

  #open(model: LoadedModel): void {
    this.#lastNumber += 1;
    this.#models.set(model, { number: this.#lastNumber, isOpen: false });
    this.#post({ kind: 'open', model: this.#lastNumber, dir: model.dir });
  }

  #closeOldest(wanted: ReadonlySet<LoadedModel>): void {
    for (const [model, { number }] of this.#models) {
      if (this.#models.size <= KEPT_MODELS) return;
      if (wanted.has(model)) continue;
      this.#models.delete(model);
      this.#post({ kind: 'close', model: number });
    }
  }
}
