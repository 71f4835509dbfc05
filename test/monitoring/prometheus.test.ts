import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPanelPromql } from '../support/dashboard-queries.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { openLeadFlow } from '../support/lead-flow.ts';
import { until, untilGroupHasRead } from '../support/until.ts';
import { type RealPrometheus, startPrometheus } from './real-prometheus.ts';

/** The real Prometheus on the real services: what rules and dashboards ask is there, and means what they take it to. */
const SERVICES = { scorer: 9101, shadow: 9102, drift: 9103, api: 9104, rollout: 9105 } as const;
const PATIENCE_MS = 60_000;
const LEADS = Array.from({ length: 600 }, (_, i) => `lead-${i}`);

const services = new Map<string, ServiceProcess>();
let prometheus: RealPrometheus;

beforeAll(async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '2' });
  const logFolder = mkdtempSync(join(tmpdir(), 'scoreline-monitoring-'));
  const ports = await findFreePorts(Object.keys(SERVICES).length);
  const pinned = { MODEL: 'bank-leads@1.0.0', CANDIDATE: 'bank-leads@1.1.0' };
  for (const [i, name] of (Object.keys(SERVICES) as (keyof typeof SERVICES)[]).entries()) {
    const service = await startService(name, {
      env: { ...process.env, ...env, ...pinned },
      port: ports[i] ?? 0,
      logFolder,
    });
    services.set(name, service);
  }
  await Promise.all([...services.values()].map((service) => service.untilReady()));
  const targets = [...services.values()].map(
    ({ name, url }) => [`127.0.0.1:${SERVICES[name]}`, new URL(url).host] as const,
  );
  prometheus = await startPrometheus(new Map(targets));
  // What had happened before the first scrape is no increase.
  await until(async () => (await countUp()) === services.size, PATIENCE_MS, 'not every target was up');
  const flow = await openLeadFlow(env, LEADS);
  for (const phase of ['first', 'second', 'third']) await flow.round(phase);
  await Promise.all(['scorer', 'shadow.bank-leads@1.1.0'].map((group) => untilGroupHasRead(env, group)));
  await flow.close();
});

afterAll(async () => {
  await prometheus.stop();
  await Promise.all([...services.values()].map((service) => service.stop()));
});

async function countUp(): Promise<number> {
  return (await prometheus.query('up == 1')).length;
}

test('every service answers its scrapes', async () => {
  expect(await countUp()).toBe(services.size);
});

test('what is recorded is what the services did', async () => {
  const scored = `sum(scoreline_scores_out_total{role="production"})`;
  const isScored = async (): Promise<boolean> =>
    (await prometheus.query(scored))[0]?.value === 3 * LEADS.length;
  await until(isScored, PATIENCE_MS, 'not every score was counted');
  const rate = async (): Promise<number | undefined> =>
    (await prometheus.query('scoreline:latency_seconds:p95_5m{service="scorer"}'))[0]?.value;
  await until(async () => Number.isFinite(await rate()), PATIENCE_MS, 'no latency was recorded');
  expect(await prometheus.query('scoreline:dead_letters:share5m{service="scorer"}')).toMatchObject([
    { value: 0 },
  ]);
});

test.each(readPanelPromql().map(({ name, text }) => [name, text]))('%s: %s', async (_, promql) => {
  await expect(prometheus.query(promql)).resolves.toBeInstanceOf(Array);
});

test('every rule is evaluated without an error', async () => {
  interface Rules {
    groups: { rules: { name: string; health: string; lastError?: string }[] }[];
  }
  const areKnown = async (): Promise<boolean> =>
    (await prometheus.ask<Rules>('rules')).groups.every(({ rules }) =>
      rules.every(({ health }) => health !== 'unknown'),
    );
  await until(areKnown, PATIENCE_MS, 'not every rule had been evaluated');
  const { groups } = await prometheus.ask<Rules>('rules');
  const bad = groups.flatMap(({ rules }) => rules).filter(({ health }) => health !== 'ok');
  expect(bad).toEqual([]);
});

test('every metric that rules and panels name is exposed by a service that runs', async () => {
  const rules = globSync(join(import.meta.dirname, '../../infra/prometheus/rules/*.yml'));
  const texts = [
    ...rules.map((file) => readFileSync(file, 'utf8')),
    ...readPanelPromql().map(({ text }) => text),
  ];
  const named = new Set(texts.join('\n').match(/\b(?:scoreline|process|nodejs)_\w+/g));
  const metadata = await prometheus.ask<Record<string, unknown>>('metadata');
  const exposed = new Set(
    Object.keys(metadata).flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
  );
  expect(named.size).toBeGreaterThan(15);
  expect([...named].filter((name) => !exposed.has(name))).toEqual([]);
});

test('an instance that ends is an alert that begins', async () => {
  await services.get('shadow')?.stop();
  const alert = 'ALERTS{alertname="ScorelineInstanceDown", job="scoreline-shadow"}';
  await until(async () => (await prometheus.query(alert)).length === 1, PATIENCE_MS, 'nobody noticed');
  expect(await prometheus.query('up == 0')).toMatchObject([{ metric: { job: 'scoreline-shadow' } }]);
});
