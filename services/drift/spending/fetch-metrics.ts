import { fetchText } from '@scoreline/runtime/http/fetch-text.ts';

const LIMITS = { timeoutMs: 2_000, maxBytes: 4 * 2 ** 20 };

/**
 * Gets the page of GET /metrics at an address, with the key where the instances ask for one; throws where it isn't there in
 * two seconds.
 */
export function createMetricsFetcher(key: string | undefined): (url: string) => Promise<string> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return (url) => fetchText(url, LIMITS, headers);
}
