import { startStack } from '@scoreline/infra/local/stack.ts';
import { type ClickHouseClient, createClickHouse } from '@scoreline/runtime/clickhouse/client.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgreementCase } from './agreement-case.ts';

/** Ours changes to an asymptotic p there, as SciPy does; ClickHouse's stays exact if told to. */
const LARGEST_EXACT = 10_000;

/** SQL with the parameters a, b, …, the case's input; it gives an array of numbers. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  'KS, D and p': `[tupleElement(arrayReduce('kolmogorovSmirnovTest(\\'two-sided\\', \\'exact\\')', arrayConcat(a, b), ${sides()}) AS ks, 1), tupleElement(ks, 2)]`,
  "Cramér's V": `[arrayReduce('cramersV', ${repeated('i % length(a)')}, ${repeated('intDiv(i, length(a))')})]`,
  'two proportions, z and p': `[tupleElement(proportionsZTest(toUInt64(a), toUInt64(c), toUInt64(b), toUInt64(d), 0.95, 'pooled') AS test, 1), tupleElement(test, 2)]`,
  "Spearman's ρ": `[arrayReduce('rankCorr', a, b)]`,
  'rank sum, p': `[tupleElement(arrayReduce('mannWhitneyUTest(\\'two-sided\\', 0)', ${repeated('i % length(a)')}, ${repeated('intDiv(i, length(a))')}), 2)]`,
  AUC: `[arrayROCAUC(a, b)]`,
  'average precision': `[arrayAUCPR(a, b)]`,
};

/** The case by ClickHouse's own function; null where it has none. */
export type AskClickHouse = (asked: AgreementCase) => Promise<readonly number[] | null>;

/**
 * Works with the ClickHouse that CLICKHOUSE_URL names, else with an engine of its own on a free port, which is gone
 * afterwards; or says why there is none.
 */
export async function withClickHouse<Result>(
  work: (ask: AskClickHouse) => Promise<Result>,
): Promise<Result | { readonly problem: string }> {
  // Named, so that they aren't started.
  const env = { ...process.env, KAFKA_BROKERS: 'none', SCHEMA_REGISTRY_URL: 'none' };
  const home = mkdtempSync(join(tmpdir(), 'scoreline-detect-'));
  const started = await startStack({ home, ports: 'free', keepData: false, env }).catch(
    (error: unknown) => error,
  );
  if (!isStack(started)) return { problem: `ClickHouse does not start: ${String(started).slice(0, 500)}` };
  const client = createClickHouse({ url: started.env.CLICKHOUSE_URL, database: 'default' });
  try {
    return await work((asked) => ask(client, asked));
  } finally {
    await client.close();
    await started.stop();
  }
}

async function ask(client: ClickHouseClient, asked: AgreementCase): Promise<readonly number[] | null> {
  const expression = EXPRESSIONS[asked.statistic];
  const [first] = asked.input;
  const tooLarge = asked.statistic.startsWith('KS') && Array.isArray(first) && first.length > LARGEST_EXACT;
  if (expression === undefined || tooLarge) return null;
  const names = asked.input.map((_, i) => 'abcdef'[i] ?? '');
  const given = asked.input.map((value, i) => {
    const type = typeof value === 'number' ? 'Float64' : 'Array(Float64)';
    return `{${names[i]}:${type}} AS ${names[i]}`;
  });
  const query = `WITH ${given.join(', ')} SELECT ${expression} AS numbers`;
  const params = Object.fromEntries(asked.input.map((value, i) => [names[i], value]));
  const answer = await client.query({ query, query_params: params, format: 'JSONEachRow' });
  const [row] = await answer.json<{ readonly numbers: readonly number[] }>();
  return row?.numbers ?? null;
}

type Stack = Awaited<ReturnType<typeof startStack>>;

function isStack(started: unknown): started is Stack {
  return typeof started === 'object' && started !== null && 'env' in started;
}

/** 0 for each value of a, 1 for each of b. */
function sides(): string {
  return 'arrayConcat(arrayWithConstant(length(a), 0), arrayWithConstant(length(b), 1))';
}

/** Of two histograms a and b one entry for each row: of the i-th count, both taken together, so many of that. */
function repeated(of: string): string {
  return `arrayFlatten(arrayMap((count, i) -> arrayWithConstant(toUInt64(count), ${of}), arrayConcat(a, b), range(length(a) + length(b))))`;
}
