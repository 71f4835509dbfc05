import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { expect, test } from 'vitest';
import { createScoringEvents } from './scoring-events.ts';

test('a package that is refused for good is counted apart from one that is tried again', async () => {
  const telemetry = createTelemetry({ service: 'any', logLevel: 'silent' });
  const events = createScoringEvents(telemetry);
  events.modelUnavailable('bank-leads@1.0.0', 'connection refused', false);
  events.modelUnavailable('bank-leads@1.0.0', 'connection refused', false);
  events.modelUnavailable('bank-leads@2.0.0', 'its bytes are not those of its digest', true);
  const counted = await telemetry.registry.getSingleMetric('scoreline_models_unavailable_total')?.get();
  expect(counted?.values).toEqual([
    expect.objectContaining({ labels: { kind: 'away' }, value: 2 }),
    expect.objectContaining({ labels: { kind: 'refused' }, value: 1 }),
  ]);
  const refused = async () =>
    (await telemetry.registry.getSingleMetric('scoreline_models_refused')?.get())?.values;
  expect(await refused()).toEqual([{ labels: { wanted: 'bank-leads@2.0.0' }, value: 1 }]);
  events.refusalEnded('bank-leads@2.0.0');
  expect(await refused()).toEqual([]);
});
