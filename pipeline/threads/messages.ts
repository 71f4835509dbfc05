import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Lineup } from '../lineup.ts';
import type { ScoringSettings } from '../open-batch-scorer.ts';
import type { ScoredBatch } from '../score-batch.ts';
import type { PackedBatch } from './packed-batch.ts';

/** Names a model in both threads. */
export type ModelNumber = number;

/** A lineup whose models are numbers. */
export interface PackedLineup extends Pick<Lineup, 'traffic'> {
  readonly production: ModelNumber;
  readonly treatments: readonly (ModelNumber | undefined)[];
}

/** A package that the main thread has open. */
export interface OpenMessage {
  readonly kind: 'open';
  readonly model: ModelNumber;
  readonly dir: string;
  /** The package must still say this: it may have been replaced since the main thread read it. */
  readonly manifest: Manifest;
  readonly policy: CompletePolicy;
}

export interface ScoreMessage {
  readonly kind: 'score';
  readonly job: number;
  readonly batch: PackedBatch;
  readonly lineup: PackedLineup;
  readonly settings: ScoringSettings;
  /** That the batch's records name. */
  readonly schemaIds: readonly number[];
  /** By id: those that the thread has not been given before. */
  readonly schemas: ReadonlyMap<number, string>;
}

export type ToThread =
  /** Answered by `opened` or `refused`. */
  | OpenMessage
  /** No batch that comes after this needs it. */
  | { readonly kind: 'close'; readonly model: ModelNumber }
  /** Answered by `scored` or `failed`. */
  | ScoreMessage;

export type FromThread =
  | { readonly kind: 'opened'; readonly model: ModelNumber }
  | { readonly kind: 'refused'; readonly model: ModelNumber; readonly reason: string }
  | { readonly kind: 'scored'; readonly job: number; readonly scored: ScoredBatch }
  | { readonly kind: 'failed'; readonly job: number; readonly reason: string };
