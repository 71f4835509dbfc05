import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listEveryMetric, sampleNames } from './every-metric.ts';

/** What needs no promtool: that rules and dashboards name what there is. `npm run test:monitoring` runs the rest. */
const ROOT = join(import.meta.dirname, '..');
const read = (pattern: string): string[] =>
  globSync(join(ROOT, pattern)).map((file) => readFileSync(file, 'utf8'));

/** Metrics of the services and recorded series, wherever they stand in a text. */
function metricsIn(text: string): Set<string> {
  return new Set(text.match(/\bscoreline:\w+:\w+|\b(?:scoreline|process|nodejs)_\w+/g));
}

const exposed = new Set(listEveryMetric().flatMap(sampleNames));
const rules = read('infra/prometheus/rules/*.yml').join('\n');
const recorded = new Set([...rules.matchAll(/- record: (\S+)/g)].map(([, name = '']) => name));

test.each([
  'infra/prometheus/rules/*.yml',
  'infra/prometheus/tests/*.yml',
  'infra/grafana/dashboards/*.json',
])('every metric of %s is exposed by a service or recorded by a rule', (pattern) => {
  const named = metricsIn(read(pattern).join('\n'));
  expect([...named].filter((name) => !exposed.has(name) && !recorded.has(name))).toEqual([]);
});

/** What stands behind each alert's name in the tests of the rules: `[]` where it must be silent. */
function expectationsOf(name: string): readonly string[] {
  const tests = read('infra/prometheus/tests/*.yml').join('\n');
  const cases = tests.matchAll(new RegExp(`alertname: ${name}\\b[,\\n] *exp_alerts:(.*)`, 'g'));
  return [...cases].map(([, after = '']) => after);
}

const alerts = rules.split(/- alert: /).slice(1);

test.each(alerts.map((text) => [/^\w+/.exec(text)?.[0] ?? '', text]))(
  '%s has a severity, a summary and a runbook that exists, and is tested, firing and silent',
  (name, text) => {
    expect(text).toMatch(/severity: (?:warning|critical)/);
    expect(text).toMatch(/^ +summary: ./m);
    const runbook = /runbook: '\{\{ \$externalLabels\.runbooks \}\}\/(\w+\.md)'/.exec(text)?.[1];
    expect(existsSync(join(ROOT, 'docs/runbooks', runbook ?? 'none'))).toBe(true);
    const expectations = expectationsOf(name);
    expect(expectations.some((after) => after.includes('[]'))).toBe(true);
    expect(expectations.some((after) => after === '')).toBe(true);
  },
);
