// Generated from schemas/replay-map.schema.json by "npm run generate"; do not edit.

export type FieldName = string;
export type Source = ColumnSource | ConstantSource | TemplateSource;
export type Duration = string;
export type Delay = Duration | DelayRange;

/**
 * How the rows of a CSV file become lead events, and outcomes (scoreline replay --map). Paths are relative to the map's own folder.
 */
export interface ReplayMap {
  $schema?: string;
  /**
   * Where lead events go, before TOPIC_PREFIX. Default lead-created.
   */
  topic?: string;
  /**
   * The Avro schema of the lead event: a file, or the registry's latest of a subject (before TOPIC_PREFIX).
   */
  schema: SchemaFile | SchemaSubject;
  csv?: CsvShape;
  /**
   * Cells that mean 'no value', for every field that has none of its own. Default: the empty cell. What a model's package takes as missing (placeholders) is better left to the package.
   */
  null_words?: string[];
  event_id: FieldName;
  key: FieldName;
  /**
   * Where each field of the Avro schema comes from; into nested records and maps by dots. A field left out takes its schema's default.
   */
  fields: {
    [k: string]: Source;
  };
  event_time?: EventTime;
  outcome?: OutcomeMap;
}
export interface SchemaFile {
  file: string;
}
export interface SchemaSubject {
  subject: string;
}
export interface CsvShape {
  /**
   * Default ','.
   */
  delimiter?: string;
  /**
   * Default '"'.
   */
  quote?: string;
}
export interface ColumnSource {
  column: string;
  null_words?: string[];
  /**
   * Of a boolean field. Default true, yes, 1.
   */
  true_words?: string[];
  /**
   * Of a boolean field. Default false, no, 0.
   */
  false_words?: string[];
  /**
   * 1.234,5 means 1234.5. Default false.
   */
  decimal_comma?: boolean;
  /**
   * How a time is written: iso (UTC where no zone is given; the default), epoch_s, epoch_ms, or a pattern of yyyy MM dd HH mm ss, in UTC (e.g. dd.MM.yyyy HH:mm).
   */
  time?: string;
}
export interface ConstantSource {
  constant: string | number | boolean | null;
}
export interface TemplateSource {
  /**
   * {row} is the row's number, from 1 (the header is none); {Column} is that column's cell.
   */
  template: string;
}
/**
 * The field that holds the event's time. Without a rule it is one of fields, read from its column; with a rule it is computed for the file as a whole.
 */
export interface EventTime {
  field: FieldName;
  runs_of_months?: RunsOfMonths;
  evenly?: Evenly;
}
/**
 * The file is in date order and a column names the month only. Each run of one month is that month, the year going up whenever the months turn back; its rows are spread evenly, in file order, over the month (UTC).
 */
export interface RunsOfMonths {
  /**
   * jan … dec, or January …, or 1 … 12.
   */
  column: string;
  first_year: number;
}
/**
 * For a file without times: row by row, this far apart.
 */
export interface Evenly {
  /**
   * ISO 8601, of the first row.
   */
  start: string;
  every: Duration;
}
/**
 * What became of each lead, published as lead-outcome records when the replay's event time gets there.
 */
export interface OutcomeMap {
  /**
   * Before TOPIC_PREFIX. Default lead-outcomes.
   */
  topic?: string;
  /**
   * The label. An empty cell: no outcome is known, none is sent.
   */
  column: string;
  /**
   * Words that mean converted.
   *
   * @minItems 1
   */
  positive: string[];
  /**
   * Words that mean not converted; any other word refuses the row. Default: every other word.
   */
  negative?: string[];
  value?: Source;
  label?: Source;
  delay: Delay;
  recorded_after?: Delay;
}
export interface DelayRange {
  from: Duration;
  to: Duration;
  /**
   * Same seed and row: same delay.
   */
  seed: number;
}
