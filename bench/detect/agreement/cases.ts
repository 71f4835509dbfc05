import { adjustPValues } from '@scoreline/core/drift/benjamini-hochberg.ts';
import { chiSquare } from '@scoreline/core/drift/chi-square.ts';
import { fisherExact } from '@scoreline/core/drift/fisher-exact.ts';
import { jensenShannon } from '@scoreline/core/drift/js.ts';
import { kullbackLeibler } from '@scoreline/core/drift/kl.ts';
import { createKsCells } from '@scoreline/core/drift/ks-cells.ts';
import { ksFromCells } from '@scoreline/core/drift/ks.ts';
import { psi } from '@scoreline/core/drift/psi.ts';
import { createRandom, type Random } from '@scoreline/core/drift/testing/random.ts';
import { twoProportions } from '@scoreline/core/drift/two-proportions.ts';
import { spearman } from '@scoreline/core/shadow/spearman.ts';
import type { AgreementCase } from './agreement-case.ts';
import { drawLineCases, drawMetricCases } from './metric-cases.ts';

/** So many random inputs for each statistic. */
const ROUNDS = 40;

/** The cases of one seed. */
export function drawCases(seed: number): readonly AgreementCase[] {
  const random = createRandom(seed);
  return Array.from({ length: ROUNDS }, (_, round) => [
    ...drawRound(random, round),
    ...drawLineCases(random, round),
    ...drawMetricCases(random, round),
  ]).flat();
}

function drawRound(random: Random, round: number): readonly AgreementCase[] {
  const current = counts(random, 10, 30 + 20 * round);
  const reference = counts(random, 10, 3_000);
  const [a, b, c, d] = Array.from({ length: 4 }, () => Math.floor(random.uniform() * 40));
  const table = [a ?? 0, b ?? 0, c ?? 0, d ?? 0] as const;
  const shares = [60 + round, 400 + 7 * round, 3_000, 20_000] as const;
  const pValues = Array.from({ length: 20 }, () => random.uniform() ** 3);
  const x = normals(random, 100, 0);
  const y = x.map((value) => value + Math.round(3 * random.normal()));
  const chi2 = chiSquare(current, reference);
  const proportions = twoProportions(...shares);
  return [
    { statistic: 'PSI', peer: 'NumPy', input: [current, reference], ours: [psi(current, reference).value] },
    {
      statistic: 'KL',
      peer: 'SciPy',
      input: [current, reference],
      ours: [kullbackLeibler(current, reference).value],
    },
    {
      statistic: 'Jensen–Shannon',
      peer: 'SciPy',
      input: [current, reference],
      ours: [jensenShannon(current, reference).value],
    },
    drawKs(random, round),
    {
      statistic: 'χ² and its p',
      peer: 'SciPy',
      input: [current, reference],
      ours: [chi2.statistic, chi2.pValue],
    },
    { statistic: "Cramér's V", peer: 'SciPy', input: [current, reference], ours: [chi2.cramersV] },
    { statistic: "Fisher's exact p", peer: 'SciPy', input: table, ours: [fisherExact(...table)] },
    {
      statistic: 'two proportions, z and p',
      peer: 'SciPy',
      input: shares,
      ours: [proportions.z, proportions.pValue],
    },
    { statistic: 'Benjamini–Hochberg', peer: 'SciPy', input: [pValues], ours: adjustPValues(pValues) },
    {
      statistic: "Spearman's ρ",
      peer: 'SciPy',
      input: [x, y],
      ours: [spearman(Float64Array.from(x), Float64Array.from(y)) ?? NaN],
    },
  ];
}

/** Against a sample of 1,000; every eighth window is so large that its p is asymptotic. */
function drawKs(random: Random, round: number): AgreementCase {
  const size = round % 8 === 7 ? 12_000 : 30 + 60 * round;
  const current = normals(random, size, (round % 5) / 25);
  const reference = normals(random, 1_000, 0);
  const cells = createKsCells(reference);
  const indices = current.map((x) => cells.cellOf(x));
  const { value, pValue } = ksFromCells(
    cells,
    indices,
    indices.map(() => 1),
  );
  return { statistic: 'KS, D and p', peer: 'SciPy', input: [current, reference], ours: [value, pValue] };
}

function normals(random: Random, size: number, mean: number): readonly number[] {
  return Array.from({ length: size }, () => random.normal() + mean);
}

/** At least 20 in each bin on average and 10 in all, so that χ² merges none. */
function counts(random: Random, bins: number, size: number): readonly number[] {
  const drawn = Array.from({ length: bins }, () => 10);
  for (let i = 0; i < size; i++) {
    const bin = random.pick([3, 1, 1, 2, 1, 1, 1, 2, 1, 1]);
    drawn[bin] = (drawn[bin] ?? 0) + 1;
  }
  return drawn;
}
