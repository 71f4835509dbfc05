/** CPU that was used for so many leads in so many transactions. */
export interface Observation {
  readonly leads: number;
  readonly transactions: number;
  readonly cpuUs: number;
}

export interface Costs {
  readonly leadUs: number;
  readonly transactionUs: number;
}

/** A determinant below this share of its largest term is one of rounding. */
const SINGULAR = 1e-9;

/**
 * What a lead and a transaction cost, by least squares of relative errors: `leads · leadUs + transactions ·
 * transactionUs = cpuUs`. Neither is below 0: what the other alone explains better is left to it. Throws where there
 * is nothing to fit.
 */
export function fitCosts(observations: readonly Observation[]): Costs {
  const used = observations.filter(({ leads, cpuUs }) => leads > 0 && cpuUs > 0);
  if (used.length === 0) throw new RangeError('there is nothing to fit costs to');
  const rows = used.map(({ leads, transactions, cpuUs }) => [leads / cpuUs, transactions / cpuUs] as const);
  const sum = (of: (row: readonly [number, number]) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  const [ll, lt, tt] = [sum(([l]) => l * l), sum(([l, t]) => l * t), sum(([, t]) => t * t)];
  const [l, t] = [sum(([leads]) => leads), sum(([, transactions]) => transactions)];
  const determinant = ll * tt - lt * lt;
  const leadUs = (l * tt - t * lt) / determinant;
  const transactionUs = (t * ll - l * lt) / determinant;
  const onlyLeads = { leadUs: l / ll, transactionUs: 0 };
  // As many leads a transaction everywhere: it can't be told which of both it was.
  if (determinant <= SINGULAR * ll * tt || transactionUs < 0) return onlyLeads;
  return leadUs < 0 ? { leadUs: 0, transactionUs: t / tt } : { leadUs, transactionUs };
}
