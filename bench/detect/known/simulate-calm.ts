import { join } from 'node:path';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import {
  createLeadCounter,
  createWorld,
  START_MS,
  windowsOf,
} from '@scoreline/core/alerts/testing/simulated-month.ts';
import { drawLeads, type PeerFiles, writeStream } from './simulate-stream.ts';
import { createMeter, watchBoth } from './watch.ts';

/** A month without drift in a world whose days and weeks cycle, by which each tool's knob is set. */
export interface CalmLeadsTask {
  readonly seed: number;
  readonly rowsAnHour: number;
  readonly hours: number;
  readonly knobs: readonly number[];
  /** Where rows go for the peers; null: nowhere. */
  readonly folder: string | null;
}

export interface CalmLeadsResult {
  /** Alerts that fired at the default policy. */
  readonly atDefault: readonly string[];
  /** Those at the policy that rates are matched with, for each knob. */
  readonly matched: readonly (readonly string[])[];
  readonly files: PeerFiles | null;
}

/** What fires with each knob where nothing drifts. */
export function simulateCalm({ seed, rowsAnHour, hours, knobs, folder }: CalmLeadsTask): CalmLeadsResult {
  const world = createWorld(seed, true);
  const leads = drawLeads(world, seed, rowsAnHour, hours);
  const histograms = leads.map(createLeadCounter(world.reference));
  const histogramOf = (hour: number) => histograms[hour] ?? createLeadCounter(world.reference)([]);
  const windowsAt = (policy: CompletePolicy) => windowsOf(world.reference, hours, histogramOf, policy);
  const never = { ms: Infinity, subjects: new Set<string>() };
  const { atDefault, matched } = watchBoth(createMeter(world.reference, START_MS), windowsAt, knobs, never);
  const files =
    folder === null ? null : writeStream(world, leads, join(folder, `calm-${seed}-${rowsAnHour}`));
  return {
    atDefault: atDefault.others,
    matched: matched.map(({ others }) => others),
    files: files && { ...files, drifts: [] },
  };
}
