import type { Stack } from '@scoreline/infra/local/stack.ts';
import type { BenchContext } from './context.ts';
import type { BenchOptions } from './options.ts';
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

/** What is measured, and how it is told: the rows stand beside what they report. */
export interface PartDefinition<Result> {
  measure(bench: Bench): Promise<Result>;
  describe(result: Result): readonly Row[];
}

/** A part's result as it goes into the JSON file, and its rows of the table. */
export interface MeasuredPart {
  readonly result: unknown;
  readonly rows: readonly Row[];
}

export type BenchPart = (bench: Bench) => Promise<MeasuredPart>;

/** A part of the bench; parts.ts lists them, and options.ts has their names and flags. */
export function definePart<Result>({ measure, describe }: PartDefinition<Result>): BenchPart {
  return async (bench) => {
    const result = await measure(bench);
    return { result, rows: describe(result) };
  };
}
