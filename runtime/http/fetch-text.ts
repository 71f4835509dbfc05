/** Limits of one request. */
export interface FetchLimits {
  /** For the whole answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The body of a 200 answer as text; throws for another status, a larger body, or none in time. */
export async function fetchText(
  url: string,
  { timeoutMs, maxBytes }: FetchLimits,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    throw new Error(`${url} answered ${answer.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`${url} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
