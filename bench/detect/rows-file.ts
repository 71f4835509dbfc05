import type { Input } from '@scoreline/core/drift/binner.ts';
import type { Lead } from '@scoreline/core/drift/testing/world.ts';

const LEVELS = ['a', 'b', 'c', 'd', 'e', 'new'];

/** Leads as the peers read them: float32, numbers, categories as codes (missing: NaN), the score last. */
export function toRows(leads: readonly Lead[]): Float32Array {
  const columns = (leads[0]?.inputs.length ?? 0) + 1;
  const rows = new Float32Array(leads.length * columns);
  for (const [row, { inputs, score }] of leads.entries()) {
    for (let i = 0; i < inputs.length; i++) rows[row * columns + i] = toNumber(inputs[i] ?? null);
    rows[row * columns + inputs.length] = score;
  }
  return rows;
}

/** Some columns of these leads, one after the other. */
export function toColumns(leads: readonly Lead[], columns: readonly number[]): Float32Array {
  const values = new Float32Array(leads.length * columns.length);
  for (const [at, column] of columns.entries()) {
    for (const [row, { inputs, score }] of leads.entries()) {
      values[at * leads.length + row] = column === inputs.length ? score : toNumber(inputs[column] ?? null);
    }
  }
  return values;
}

function toNumber(value: Input): number {
  if (value === null) return NaN;
  return typeof value === 'number' ? value : LEVELS.indexOf(value);
}
