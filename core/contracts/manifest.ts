// Generated from schemas/manifest.schema.json by "npm run generate"; do not edit.

export type Encoding = PassEncoding | OneHotEncoding | OrdinalEncoding;
/**
 * A level that training never saw. missing: as missing; level: its own; zero: 0 in each of its columns (one-hot only); reject: dead letter.
 */
export type Unseen = 'missing' | 'level' | 'zero' | 'reject';
export type Period = {
  from: string;
  to: string;
} | null;

/**
 * A model package's contract (manifest.json): which fields it reads, how they become inputs, what the output means.
 */
export interface Manifest {
  $schema?: string;
  name: string;
  version: string;
  description?: string;
  task: 'classification' | 'regression' | 'ranking';
  input: InputFields;
  /**
   * @minItems 1
   * @maxItems 4096
   */
  features: Feature[];
  tensor: Tensor;
  output: Output;
  /**
   * Rising by lower bound; the first has none (null), a score belongs to the last band whose bound it reaches.
   *
   * @minItems 1
   */
  bands: Band[];
  /**
   * Feature name to its share of the model's total importance (sums to 1).
   */
  importance: {
    [k: string]: number;
  };
  /**
   * File name to the sha256 of its bytes, for each file of the package but this one.
   */
  files: {
    [k: string]: string;
  };
  training: Training;
  /**
   * ISO 8601; given to the trainer, so that the same data and seed make the same bytes.
   */
  created_at: string;
}
/**
 * Field names of the lead event; a path goes into records and maps with dots.
 */
export interface InputFields {
  /**
   * Becomes lead_id: a string or an integer.
   */
  entity_id: string;
  /**
   * Absent: '<topic>-<partition>-<offset>'.
   */
  event_id?: string;
  /**
   * timestamp-millis, timestamp-micros or an ISO 8601 string. Absent: Kafka's timestamp.
   */
  event_time?: string;
  /**
   * The query or list that a ranker orders within.
   */
  group_id?: string;
}
export interface Feature {
  name: string;
  /**
   * Path in the record: 'age', 'address.city', 'attributes.color' (also into a map).
   */
  field: string;
  kind: 'numeric' | 'categorical' | 'boolean';
  encoding: Encoding;
  missing: Missing;
}
/**
 * numeric and boolean (0, 1): one column with the value.
 */
export interface PassEncoding {
  type: 'pass';
}
/**
 * categorical: a column per level, in order; then one for missing where missing.encode is 'level'; then one for unseen levels where unseen is 'level'.
 */
export interface OneHotEncoding {
  type: 'one-hot';
  /**
   * @minItems 1
   */
  levels: string[];
  unseen: Unseen;
}
/**
 * categorical: one column with the level's index; levels.length for missing where missing.encode is 'level'; levels.length + 1 for unseen where unseen is 'level'.
 */
export interface OrdinalEncoding {
  type: 'ordinal';
  /**
   * @minItems 1
   */
  levels: string[];
  unseen: Unseen;
}
/**
 * What counts as missing (null and an absent field always do, NaN too) and how it is encoded.
 */
export interface Missing {
  /**
   * nan: NaN in each of its columns; level: its own (categorical only); zero: 0 in each of its columns (one-hot only).
   */
  encode: 'nan' | 'level' | 'zero';
  /**
   * Values that mean missing, e.g. 999 or 'unknown'.
   */
  placeholders?: (string | number)[];
}
/**
 * The model's one float32 input of shape [rows, width].
 */
export interface Tensor {
  input: string;
  width: number;
}
export interface Output {
  /**
   * Name of a float32 output of shape [rows] or [rows, columns].
   */
  output: string;
  /**
   * The column that is the raw score; 0 for shape [rows].
   */
  column: number;
  /**
   * none (null), or a monotone piecewise-linear curve from raw output to score, constant outside its points.
   */
  calibration: null | Calibration;
}
export interface Calibration {
  /**
   * [raw, score] pairs; raw strictly rising, score never falling.
   *
   * @minItems 2
   */
  points: [number, number][];
}
export interface Band {
  name: string;
  lower: number | null;
}
export interface Training {
  /**
   * Hash of the training snapshot.
   */
  data_sha256: string;
  rows: number;
  period: Period;
  hyperparameters: {
    [k: string]: unknown;
  };
  metrics: {
    [k: string]: number;
  };
  code_version: string;
  [k: string]: unknown;
}
