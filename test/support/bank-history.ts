import { join } from 'node:path';
import { planReplay } from '@scoreline/cli/replay/plan.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';

const BANK = join(import.meta.dirname, '../../data/bank');
const MODELS = join(import.meta.dirname, '../../models');

/** One contact of the bank, scored by the real model, with what became of it. */
export interface BankLead {
  readonly leadId: string;
  readonly eventId: string;
  readonly eventTimeMs: number;
  readonly score: number;
  readonly band: string;
  readonly outcome: LeadOutcome;
}

/** The bank's 41,188 contacts of 2008 to 2010 in the order of the file, without a stream between. */
export async function scoreBankHistory(registryUrl: string, version: string): Promise<readonly BankLead[]> {
  const plan = await planReplay({
    file: join(BANK, 'bank-additional-full.csv.gz'),
    mapFile: join(BANK, 'replay.json'),
    topicPrefix: 'history-',
    withOutcomes: true,
    registry: createRegistryClient({ url: registryUrl }),
  });
  const events: LeadEvent[] = [];
  const outcomes: LeadOutcome[] = [];
  for await (const row of plan.file.rows) {
    const eventTimeMs = plan.clock?.(row.row);
    const cells = row.cells ?? [];
    const read = plan.read(row, cells, eventTimeMs);
    if (!read.ok || eventTimeMs === undefined) throw new Error(`row ${row.row} of the bank can't be read`);
    const of = {
      leadId: String(read.event['lead_id']),
      eventId: String(read.event['event_id']),
      eventTimeMs,
    };
    const outcome = plan.readOutcome?.(row, cells, of);
    if (typeof outcome !== 'object') throw new Error(`row ${row.row} of the bank has no outcome`);
    events.push(read.event);
    outcomes.push(outcome);
  }
  const model = await openModel(await loadPackage(join(MODELS, 'bank-leads', version)));
  const scores = await scoreAll(model, events);
  await model.close();
  return outcomes.map((outcome, i) => ({
    leadId: outcome.lead_id,
    eventId: outcome.event_id ?? '',
    eventTimeMs: Number(events[i]?.['created_at']),
    score: scores[i] ?? NaN,
    band: model.bandOf(scores[i] ?? NaN),
    outcome,
  }));
}

async function scoreAll(model: LoadedModel, events: readonly LeadEvent[]): Promise<Float64Array> {
  const matrix = new Float32Array(events.length * model.encoder.width);
  const scores = new Float64Array(events.length);
  for (const [row, event] of events.entries()) model.encoder.encode(event, matrix, row);
  await model.score(matrix, events.length, scores);
  return scores;
}
