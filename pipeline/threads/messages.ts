import type { RegistryAccess } from '@scoreline/runtime/avro/registry.ts';
import type { Lineup } from '../lineup.ts';
import type { ScoringSettings } from '../open-batch-scorer.ts';
import type { ScoredBatch } from '../score-batch.ts';
import type { PackedBatch } from './packed-batch.ts';

/** What a scoring thread is started with. */
export interface ThreadOptions extends ScoringSettings {
  readonly schemaRegistry: RegistryAccess;
}

/** Names a model in both threads. */
export type ModelNumber = number;

/** A lineup whose models are numbers. */
export interface PackedLineup extends Pick<Lineup, 'traffic'> {
  readonly production: ModelNumber;
  readonly treatments: readonly (ModelNumber | undefined)[];
}

export type ToThread =
  /** Answered by `opened` or `refused`. */
  | { readonly kind: 'open'; readonly model: ModelNumber; readonly dir: string }
  /** Once no batch needs it. */
  | { readonly kind: 'close'; readonly model: ModelNumber }
  /** Answered by `scored` or `failed`. */
  | {
      readonly kind: 'score';
      readonly job: number;
      readonly batch: PackedBatch;
      readonly lineup: PackedLineup;
    };

export type FromThread =
  | { readonly kind: 'opened'; readonly model: ModelNumber }
  | { readonly kind: 'refused'; readonly model: ModelNumber; readonly reason: string }
  | {
      readonly kind: 'scored';
      readonly job: number;
      readonly scored: ScoredBatch;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly reason: string };
