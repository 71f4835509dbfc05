import { chiSquare } from '@scoreline/core/drift/chi-square.ts';
import { createKsCells } from '@scoreline/core/drift/ks-cells.ts';
import { ksFromCells } from '@scoreline/core/drift/ks.ts';
import { createRandom } from '@scoreline/core/drift/testing/random.ts';
import { twoProportions } from '@scoreline/core/drift/two-proportions.ts';
import { spearman } from '@scoreline/core/shadow/spearman.ts';
import { createClickHouse } from '@scoreline/runtime/clickhouse/client.ts';
import { afterAll, describe, expect, inject, test } from 'vitest';

/** What an analyst computes in SQL with ClickHouse's own functions is what the drift service stores. */
const env = inject('stackEnv');
const client = createClickHouse({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
afterAll(() => client.close());

async function selectNumbers(
  expression: string,
  params: Record<string, unknown>,
): Promise<readonly number[]> {
  const query = `SELECT ${expression} AS numbers`;
  const answer = await client.query({ query, query_params: params, format: 'JSONEachRow' });
  const [row] = await answer.json<{ numbers: number[] | Record<string, number> }>();
  return Object.values(row!.numbers);
}

const random = createRandom(7);
const draw = (size: number, shift = 0, round = 1e6) =>
  Array.from({ length: size }, () => Math.round((random.normal() + shift) * round) / round);

describe('ClickHouse agrees', () => {
  test.each([
    ['untied values', draw(120), draw(300)],
    ['shifted values', draw(120, 0.5), draw(300)],
    ['tied values', draw(200, 0.1, 5), draw(400, 0, 5)],
  ])('on D and p of %s', async (_, current, reference) => {
    const cells = createKsCells(reference);
    const indices = current.map((x) => cells.cellOf(x));
    const ours = ksFromCells(
      cells,
      indices,
      indices.map(() => 1),
    );
    const [distance, pValue] = await selectNumbers(
      `arrayReduce('kolmogorovSmirnovTest(\\'two-sided\\', \\'exact\\')',
         arrayConcat({current:Array(Float64)}, {reference:Array(Float64)}),
         arrayConcat(arrayResize([0], {n:UInt32}, 0), arrayResize([1], {m:UInt32}, 1)))`,
      { current, reference, n: current.length, m: reference.length },
    );
    expect(ours.value).toBeCloseTo(distance!, 9);
    expect(ours.pValue).toBeCloseTo(pValue!, 9);
  });

  test("on Cramér's V", async () => {
    const current = [30, 50, 40];
    const reference = [400, 300, 500];
    const [v] = await selectNumbers(
      `[arrayReduce('cramersV', arrayFlatten(arrayMap((c, i) -> arrayWithConstant(c, i % 3), {counts:Array(UInt32)}, range(6))),
          arrayFlatten(arrayMap((c, i) -> arrayWithConstant(c, intDiv(i, 3)), {counts:Array(UInt32)}, range(6))))]`,
      { counts: [...current, ...reference] },
    );
    expect(chiSquare(current, reference).cramersV).toBeCloseTo(v!, 9);
  });

  test('on the two-proportion test', async () => {
    const ours = twoProportions(90, 400, 3000, 20_000);
    const [z, pValue] = await selectNumbers(`proportionsZTest(90, 3000, 400, 20000, 0.95, 'pooled')`, {});
    expect(ours.z).toBeCloseTo(z!, 9);
    expect(ours.pValue).toBeCloseTo(pValue!, 9);
  });

  test("on Spearman's rank correlation where no ranks are tied (its formula is for those alone)", async () => {
    const x = draw(200);
    const y = x.map((value) => value + random.normal());
    const [rho] = await selectNumbers(`[arrayReduce('rankCorr', {x:Array(Float64)}, {y:Array(Float64)})]`, {
      x,
      y,
    });
    expect(spearman(Float64Array.from(x), Float64Array.from(y))).toBeCloseTo(rho!, 9);
  });
});
