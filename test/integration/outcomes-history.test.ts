import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { toOutcomeRow } from '@scoreline/drift/ingest/rows.ts';
import { afterEach, expect, inject, test } from 'vitest';
import { type BankLead, scoreBankHistory } from '../support/bank-history.ts';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';

const { CLICKHOUSE_URL, SCHEMA_REGISTRY_URL } = inject('stackEnv');
let room: DriftRoom;

afterEach(() => room.end());

test('the bank: labels show that AUC falls and the base rate rises; before them the estimate is low already', async () => {
  await measureBank('1.0.0');
  await room.publish();

  const months = await room.database.query<Record<'month' | 'auc' | 'estimated' | 'ratio', number>>(
    `SELECT toYYYYMM(window_start) AS month, auc, estimated_auc AS estimated, observed_over_expected AS ratio
    FROM performance_windows WHERE count >= 4000 ORDER BY window_start`,
  );
  const [may, , july] = months;
  expect(months.slice(0, 3).map(({ month }) => month)).toEqual([200_805, 200_806, 200_807]);
  expect(may!.auc).toBeGreaterThan(0.68);
  expect(july!.auc).toBeLessThan(0.54);
  expect(Math.abs(july!.estimated - july!.auc)).toBeLessThan(0.02);
  expect(may!.ratio).toBeLessThan(1.1);
  expect(july!.ratio).toBeGreaterThan(1.7);

  const fired = room.alerts.filter(({ state }) => state === 'firing');
  const firstOf = new Map(fired.toReversed().map((alert) => [alert.statistic, alert]));
  const monthOf = (statistic: string): string =>
    new Date(firstOf.get(statistic)!.window_start).toISOString().slice(0, 7);
  // Of labels: AUC under the policy's .6 and under the months before, and the base rate.
  expect(monthOf('auc_shortfall')).toBe('2008-07');
  expect(monthOf('auc_fall')).toBe('2008-07');
  expect(monthOf('ratio_excess')).toBe('2008-07');
  // Of no label: the scores themselves say that they can hardly tell leads apart.
  expect(monthOf('estimated_auc_shortfall') <= '2008-07').toBe(true);
  expect(firstOf.get('estimated_auc_shortfall')!.severity).toBe('warning');
  // They said so of the reference, too: no fall, and the estimate claims none.
  expect(firstOf.get('estimated_auc_shortfall')!.message).toContain("of the reference's scores 0.520");
  expect(fired.filter(({ statistic }) => statistic === 'estimated_auc_drop')).toEqual([]);
  for (const alert of firstOf.values()) {
    const [answer] = await room.database.query<{ value: number }>(alert.query);
    expect([alert.query, answer!.value]).toEqual([alert.query, expect.closeTo(alert.value, 9)]);
  }
});

test('the bank: a fall that labels show is estimated before them, where scores tell of it', async () => {
  await measureBank('1.1.0');
  const [april, may] = await room.database.query<Record<'estimated' | 'realised', number>>(
    `SELECT estimated, realised FROM performance_estimates
    WHERE metric = 'auc' AND toYYYYMM(window_start) IN (200904, 200905) ORDER BY window_start`,
  );
  expect(april!.realised - may!.realised).toBeGreaterThan(0.15);
  expect(april!.estimated - may!.estimated).toBeGreaterThan(0.07);
  for (const { estimated, realised } of [april!, may!])
    expect(Math.abs(estimated - realised)).toBeLessThan(0.08);
});

/** The whole history by one version, its performance measured month by month. */
async function measureBank(version: string): Promise<void> {
  room = await openDriftRoom(CLICKHOUSE_URL, {
    policyOf: (policy) => ({
      ...policy,
      performance: {
        ...policy.performance,
        windows: [parseDuration('P1M')!],
        alertOn: [parseDuration('P1M')!],
      },
    }),
  });
  await feedBank(version, await scoreBankHistory(SCHEMA_REGISTRY_URL, version));
  await room.measure();
}

/** The history as it stands in ClickHouse once drift has read it and counted its days. */
async function feedBank(version: string, leads: readonly BankLead[]): Promise<void> {
  await room.models.learn([{ model: 'bank-leads', modelVersion: version }]);
  const rows = leads.map(({ leadId, eventId, eventTimeMs, score, band }, i) => ({
    event_id: eventId,
    lead_id: leadId,
    model: 'bank-leads',
    model_version: version,
    role: 'production',
    score,
    band,
    event_time: eventTimeMs,
    scored_at: Date.now(),
    source_topic: 'lead-created',
    source_offset: i,
  }));
  await room.database.insert('lead_scores', rows);
  await room.database.insert(
    'lead_outcomes',
    leads.map(({ outcome }) => toOutcomeRow(outcome)),
  );
  await room.database.command(
    `INSERT INTO score_windows_raw (model, model_version, role, window_size, window_start, window_end, revision, count)
    SELECT model, model_version, role, 'P1D', toDateTime64(toStartOfDay(event_time), 3, 'UTC') AS day, addDays(day, 1), 0, count()
    FROM lead_scores GROUP BY model, model_version, role, day`,
  );
  const watermark = { stream: 'lead-scores', partition: 0, active_at: 0, read_until: null };
  const lastMs = Math.max(...leads.map(({ eventTimeMs }) => eventTimeMs));
  await room.database.insert('stream_progress', [{ ...watermark, max_event_time: lastMs }]);
}
