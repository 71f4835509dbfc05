import { ClickHouseError } from '@clickhouse/client';
import { explainTls } from '../tls/explain.ts';

const PEER = { name: 'ClickHouse', variables: 'CLICKHOUSE_SSL' };

type Explain = (username: string) => string;

/** Answers that a person has to do something about, by code. */
const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  '192': notLetIn, // UNKNOWN_USER
  '193': notLetIn, // WRONG_PASSWORD
  '194': notLetIn, // REQUIRED_PASSWORD
  '497': (username) => `the user '${username}' lacks a right, see docs/security.md`, // ACCESS_DENIED
  '516': notLetIn, // AUTHENTICATION_FAILED
};

/** Codes of {@link explainRefusal}: the statement is right, who asks is not let in or may not. */
export const REFUSALS: ReadonlySet<string> = new Set(Object.keys(EXPLANATIONS));

/** What ClickHouse or its TLS refuses and what to look at; undefined where it is neither. */
export function explainRefusal(error: unknown, username = 'default'): string | undefined {
  if (error instanceof ClickHouseError) {
    const explain = EXPLANATIONS[error.code];
    return explain === undefined ? undefined : `${explain(username)}: ${error.message}`;
  }
  return error instanceof Error && 'code' in error ? explainTls(error.code, PEER) : undefined;
}

function notLetIn(username: string): string {
  return `ClickHouse does not let the user '${username}' in: see CLICKHOUSE_USER and CLICKHOUSE_PASSWORD`;
}
