import { readFile } from 'node:fs/promises';
import { type CompletePolicy, completePolicy } from '@scoreline/core/policy/defaults.ts';
import { parseDocument } from '@scoreline/runtime/model-package/package-schemas.ts';
import type { FuzzTarget } from '../target.ts';

/** policy.json: its text, its schema, its defaults. */
export const policyTarget: FuzzTarget = {
  name: 'policy',
  reads: 'policy.json: JSON, its schema, what the schema can not say, defaults',
  form: 'json',
  words: ['PT1H', 'P1M', 'P99999999999999999999D', '1e999', '"windows"'],
  async open() {
    const bank = await readFile(new URL('../../../models/bank-leads/policy.json', import.meta.url));
    return {
      seeds: [bank, Buffer.from('{}'), Buffer.from(JSON.stringify(EVERYTHING))],
      take(input) {
        const parsed = parseDocument('policy.json', input);
        if (!parsed.ok) return requireReasons(parsed.problems.map(({ message }) => message));
        const completed = completePolicy(parsed.value);
        return completed.ok ? findNotFinite(completed.policy) : requireReasons(completed.problems);
      },
      close: async () => {},
    };
  },
};

/** A message that can't be read at a glance says nothing. */
const MAX_MESSAGE = 2_000;

function requireReasons(messages: readonly string[]): string | undefined {
  if (messages.length === 0) return 'it was refused without a reason';
  return messages.some((message) => message.length > MAX_MESSAGE)
    ? 'a reason is longer than a page'
    : undefined;
}

/** Whatever is computed from a policy needs numbers. */
function findNotFinite(policy: CompletePolicy, path = 'policy'): string | undefined {
  for (const [name, value] of Object.entries(policy)) {
    if (typeof value === 'number' && !Number.isFinite(value)) return `${path}.${name} is ${value}`;
    const within =
      typeof value === 'object' && value !== null ? findNotFinite(value, `${path}.${name}`) : undefined;
    if (within !== undefined) return within;
  }
  return undefined;
}

const EVERYTHING = {
  windows: { base: 'PT1H', sizes: ['PT1H', 'P1D', 'P1M'], alert_on: ['P1D'], allowed_lateness: 'PT10M' },
  outcomes: { horizon: 'P30D', without_outcome: 'negative' },
  gate: { minimum_time: 'P14D', minimum_sample: 10 },
  shadow: { band_flip_share: { warning: 0.1, critical: 0.2 } },
};
