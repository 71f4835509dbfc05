import type { Period } from './period.ts';

/**
 * Whose time a report goes by. `wall`: what was scored, closed and fired in the period; a replay of old years is all of
 * the day on which it ran. `event`: what happened to leads then, whenever it was computed.
 */
export type ReportClock = 'wall' | 'event';

/** What a report is about. */
export interface ReportScope {
  readonly model: string;
  readonly period: Period;
  readonly clock: ReportClock;
  readonly writtenAtMs: number;
}

/** A report before it is rendered: every figure as text, every chart as numbers, each with the query behind it. */
export interface Report {
  /** `<period>-<first day>-<model>`, with `-event` at the end where it goes by event time. */
  readonly id: string;
  readonly title: string;
  /** Whose time, which zone, when written. */
  readonly subtitle: string;
  /** What matters, in a sentence or two. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /** The appendix: SQL by the names that blocks refer to. */
  readonly queries: readonly NamedQuery[];
}

export interface NamedQuery {
  /** `Q1`. */
  readonly name: string;
  readonly about: string;
  readonly sql: string;
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | ({ readonly kind: 'figures'; readonly figures: readonly Figure[] } & Sourced)
  | ({ readonly kind: 'columns'; readonly title: string; readonly columns: readonly Column[] } & Sourced)
  | ({ readonly kind: 'bars'; readonly title: string; readonly bars: readonly Bar[] } & BarsLegend & Sourced)
  | ({ readonly kind: 'ranges'; readonly title: string; readonly ranges: readonly Range[] } & Scale & Sourced)
  | ({ readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly Row[] } & Sourced)
  | { readonly kind: 'notes'; readonly notes: readonly string[] };

interface Sourced {
  /** Names of the queries behind it. */
  readonly queries: readonly string[];
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

/** One of several in a row of time. */
export interface Column {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** What it is compared with, on the same scale; null: nothing. */
  readonly beside: number | null;
}

interface BarsLegend {
  readonly legend: { readonly value: string; readonly beside: string | null };
  /** A limit that bars are held against. */
  readonly mark: number | null;
}

/** A value with its interval; null where none is known. */
export interface Range {
  readonly label: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly text: string;
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly mark: { readonly at: number; readonly label: string } | null;
}

/** Cells as text; one with a link leads there. */
export type Row = readonly (string | { readonly text: string; readonly href: string })[];
