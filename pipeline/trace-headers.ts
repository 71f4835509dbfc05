import { type FetchedRecord, NO_HEADERS_FROM } from '@scoreline/runtime/kafka/record.ts';

/** W3C Trace Context: what ties a score to the request that made its lead. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.{1,64})?$/;
/** As much as the specification asks everybody to carry. */
const MAX_TRACESTATE_BYTES = 512;

type TraceHeaders = Readonly<Record<string, Buffer | string>>;

/** The trace context of a lead's headers, to be carried on to its score; undefined where they hold none. */
export function traceHeaders(record: FetchedRecord): TraceHeaders | undefined {
  if (record.headersFrom === NO_HEADERS_FROM) return undefined;
  const { traceparent, tracestate } = record.headers;
  if (traceparent === undefined || !TRACEPARENT.test(traceparent.toString())) return undefined;
  if (tracestate === undefined || tracestate.length > MAX_TRACESTATE_BYTES) return { traceparent };
  return { traceparent, tracestate };
}
