import type { Stack } from '@scoreline/infra/local/stack.ts';
import type { BenchContext } from './context.ts';
import type { BenchOptions } from './options.ts';
import type { Spread } from './spread.ts';
import type { Row } from './table.ts';

/** What a part of the bench works with. */
export interface Bench {
  /** One broker, a registry and an engine that all parts of a run share. */
  readonly stack: Stack;
  readonly options: BenchOptions;
  /** Where what is started writes its log. */
  readonly logFolder: string;
  /** Topics of one's own, by their prefix. */
  prepareTopics(prefix: string): Promise<BenchContext>;
  log(line: string): void;
}

/**
 * Figures that mean the same on any machine, by what they compare: what a run is held against a baseline by. Of each
 * more is better.
 */
export type Ratios = Readonly<Record<string, Spread>>;

/** What is measured, and how it is told: the rows stand beside what they report. */
export interface PartDefinition<Result> {
  measure(bench: Bench): Promise<Result>;
  describe(result: Result): readonly Row[];
  /** Absent: nothing that a baseline could hold. */
  ratios?(result: Result): Ratios;
}

/** A part's result as it goes into the JSON file, its rows of the table, and its ratios. */
export interface MeasuredPart {
  readonly result: unknown;
  readonly rows: readonly Row[];
  readonly ratios: Ratios;
}

export type BenchPart = (bench: Bench) => Promise<MeasuredPart>;

/** A part of the bench; parts.ts lists them, and options.ts has their names and flags. */
export function definePart<Result>(part: PartDefinition<Result>): BenchPart {
  return async (bench) => {
    const result = await part.measure(bench);
    return { result, rows: part.describe(result), ratios: part.ratios?.(result) ?? {} };
  };
}
