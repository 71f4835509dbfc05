import { fetchText } from '@scoreline/runtime/http/fetch-text.ts';

const LIMITS = { timeoutMs: 2_000, maxBytes: 4 * 2 ** 20 };

/** The page of GET /metrics at an address; throws where it isn't there in two seconds. */
export function fetchMetrics(url: string): Promise<string> {
  return fetchText(url, LIMITS);
}
