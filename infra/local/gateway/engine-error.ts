/** An error in the server's own words and number. */
export interface EngineError {
  readonly code: number;
  /** `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`, as the server words it. */
  readonly message: string;
}

/** Statuses other than 500, by the server's error code; from ClickHouse's `exceptionCodeToHTTPStatus.cpp`. */
const CODES_BY_STATUS: Readonly<Record<number, readonly number[]>> = {
  400: [
    6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675,
    676,
  ],
  401: [194],
  403: [192, 193, 497, 512, 516],
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  503: [76, 209, 439],
};

const STATUS_BY_CODE = new Map(
  Object.entries(CODES_BY_STATUS).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status)] as const),
  ),
);

/** The HTTP status that the server gives an error. */
export function findStatus(code: number): number {
  return STATUS_BY_CODE.get(code) ?? 500;
}

/** An error of our own making, worded as the server's are; `message` ends with its name in brackets. */
export function createError(code: number, message: string): EngineError {
  return { code, message: `Code: ${code}. DB::Exception: ${message}` };
}

/**
 * Reads what chDB threw. Its text is the server's, except that a nested error repeats prefix and suffix, and that
 * rows we hand over through a file are said to come from one: both are taken out.
 */
export function readEngineError(error: unknown): EngineError {
  const text = error instanceof Error ? error.message : String(error);
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 1002);
  const name = /\(([A-Z][A-Z0-9_]+)\)[^()]*$/.exec(text)?.[1] ?? 'UNKNOWN_EXCEPTION';
  const suffix = new RegExp(`(\\.? ?\\(${name}\\)(?: \\(version [^)]*\\))?)+$`);
  const core = text
    .replace(/^(?:Code: \d+\. DB::Exception: )+/, '')
    .replace(suffix, '')
    .replace(/: \(in file\/uri [^)]*\)/g, '')
    .replace(': While executing File: data for INSERT was parsed from file', '')
    .replace(': data for INSERT was parsed from file', '');
  return createError(code, `${core.replace(/\.$/, '')}. (${name})`);
}
