import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type KnownMetric, listEveryMetric } from './every-metric.ts';

function describeMetric({ name, type, labels }: KnownMetric): string {
  return `${name}: ${type} by ${[...labels].sort().join(', ')}`;
}

describe('docs/telemetry.md', () => {
  it('has every metric with its type and labels, and no other', async () => {
    const page = await readFile(new URL('../docs/telemetry.md', import.meta.url), 'utf8');
    const rows = page.matchAll(
      /^\| `(?<name>\w+)` *\| (?<type>\w+) *\| (?<labels>[^|]*)\| (?<meaning>\S[^|]*)\|$/gm,
    );
    const explained = [...rows].map(({ groups: { name = '', type = '', labels = '' } = {} }) =>
      describeMetric({
        name,
        type,
        labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
      }),
    );
    const own = listEveryMetric().filter(({ name }) => name.startsWith('scoreline_'));
    expect(explained.sort()).toEqual(own.map(describeMetric).sort());
  });
});
