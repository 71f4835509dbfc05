/** One place where bytes of others come in, and what must hold there whatever they are. */
export interface FuzzTarget {
  readonly name: FuzzTargetName;
  /** What is read there, for the report. */
  readonly reads: string;
  /** How inputs are changed: a JSON document by its values, text and bytes by their bytes. */
  readonly form: InputForm;
  /** Pieces of the format that chance would not find. */
  readonly words?: readonly string[];
  open(): Promise<OpenTarget>;
}

export type InputForm = 'bytes' | 'json' | 'text';

export type FuzzTargetName =
  | 'avro'
  | 'drift'
  | 'policy'
  | 'package'
  | 'onnx'
  | 'model'
  | 'gateway'
  | 'http'
  | 'replay'
  | 'dead-letters'
  | 'decisions';

/** A target that has what it needs to take inputs, one after another. */
export interface OpenTarget {
  /** Good inputs of the real thing, from which others are made. */
  readonly seeds: readonly Buffer[];
  /** Feeds one input. Says which promise it broke, or undefined; what it throws is a finding, too. */
  take(input: Buffer): Promise<string | undefined> | string | undefined;
  close(): Promise<void>;
}
