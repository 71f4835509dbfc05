/** Longer than a sink that works ever takes; a task of its own waits for it. */
const TIMEOUT_MS = 10_000;
const MOST_TOLD = 300;

/**
 * What came of a post. `refused`: the sink is there and won't have this; `away`: it is not, or can do nothing now. The
 * problem names no more of the address than its host, as a path may be a secret.
 */
export type Posted =
  | { readonly kind: 'taken'; readonly text: string }
  | { readonly kind: 'refused' | 'away'; readonly problem: string };

/** The headers of a request, read anew for each: a secret in a file may change. */
export type HeadersOf = () => Promise<Readonly<Record<string, string>>>;

/** Posts JSON, as `sendJson` does. */
export function postJson(url: string, body: string, headersOf: HeadersOf): Promise<Posted> {
  return sendJson(url, { method: 'POST', body }, headersOf);
}

/**
 * Sends JSON, or asks for it; never throws for what the network, the sink or a file with a secret does. Redirects aren't followed: they
 * would carry secrets elsewhere.
 */
export async function sendJson(
  url: string,
  request: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly body?: string },
  headersOf: HeadersOf,
): Promise<Posted> {
  let headers: Readonly<Record<string, string>>;
  try {
    headers = await headersOf();
  } catch (error) {
    return { kind: 'away', problem: `its secret can not be had: ${reasonOf(error)}` };
  }
  try {
    const answer = await fetch(url, {
      ...request,
      headers: { 'content-type': 'application/json', 'user-agent': 'scoreline', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const whole = await answer.text();
    if (answer.ok) return { kind: 'taken', text: whole };
    const text = whole.slice(0, MOST_TOLD).trim();
    const problem = `HTTP ${answer.status} from ${new URL(url).host}${text === '' ? '' : `: ${text}`}`;
    return { kind: isPassing(answer.status) ? 'away' : 'refused', problem };
  } catch (error) {
    return { kind: 'away', problem: `${new URL(url).host} can not be reached: ${reasonOf(error)}` };
  }
}

/** Its own fault, too many requests, or credentials and addresses that an operator will put right: for all alike. */
function isPassing(status: number): boolean {
  return status >= 500 || [401, 403, 404, 407, 408, 429].includes(status) || (status >= 300 && status < 400);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message);
}
