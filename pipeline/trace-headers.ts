import type { RecordHeaders } from '@scoreline/runtime/kafka/record.ts';

/** W3C Trace Context: what ties a score to the request that made its lead. */
const TRACE_HEADERS = ['traceparent', 'tracestate'] as const;
const NONE: Readonly<Record<string, Buffer | string>> = Object.freeze({});

/** The trace context of a lead's headers, to be carried on to its score. */
export function traceHeaders(headers: RecordHeaders): Readonly<Record<string, Buffer | string>> {
  if (headers['traceparent'] === undefined) return NONE;
  const carried: Record<string, Buffer | string> = {};
  for (const name of TRACE_HEADERS) {
    const value = headers[name];
    if (value !== undefined) carried[name] = value;
  }
  return carried;
}
