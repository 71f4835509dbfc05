import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { createEncoder } from '@scoreline/core/features/encoder.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createBandFinder } from '@scoreline/core/scoring/bands.ts';
import { createCalibrator } from '@scoreline/core/scoring/calibrate.ts';
import { openPredictor } from './predictor.ts';
import { openRegistry } from './registry.ts';
import type { LeadMessage, ScoreMessage, ScriptArguments } from './script.ts';

/** Scores messages of one partition, in their order. Throws of the first that can't be scored. */
export type LeadScorer = (
  partition: number,
  messages: readonly LeadMessage[],
) => Promise<readonly ScoreMessage[]>;

/**
 * All that the scripts have in common: Avro to features, one inference for all messages, scores to Avro. Features,
 * calibration and bands are those of `core`, so that what is compared is how leads are moved, not how a one-hot
 * column is filled; decoding, inference and encoding are the libraries' own.
 */
export async function openLeadScorer(script: ScriptArguments): Promise<LeadScorer> {
  const { from, to, packageFolder } = script;
  const manifest = JSON.parse(await readFile(join(packageFolder, 'manifest.json'), 'utf8')) as Manifest;
  const encoder = createEncoder(manifest);
  const predict = await openPredictor(join(packageFolder, 'model.onnx'), manifest);
  const calibrate = createCalibrator(manifest.output.calibration);
  const bandOf = createBandFinder(manifest.bands);
  const registry = openRegistry(script.registry);
  const encode = await registry.openWriter(`${to}-value`);

  return async (partition, messages) => {
    const events = await registry.decode(messages);
    const matrix = encodeRows(encoder, events);
    const raw = await predict(matrix, events.length);
    const scored_at = Date.now();
    return messages.map(({ key, offset, timestamp }, row) => {
      const event = events[row] as BankContact;
      const score = calibrate(raw[row] ?? NaN);
      const value = encode({
        event_id: event.event_id,
        lead_id: event.lead_id,
        model: manifest.name,
        model_version: manifest.version,
        role: 'production',
        score,
        band: bandOf(score),
        event_time: event.created_at,
        scored_at,
        source: { topic: from, partition, offset: Number(offset), timestamp: Number(timestamp) },
      });
      return { key: key ?? Buffer.from(event.lead_id), value };
    });
  };
}

/** What the scripts read of the demo's lead beside its features. */
interface BankContact extends LeadEvent {
  readonly event_id: string;
  readonly lead_id: string;
  readonly created_at: number;
}

function encodeRows(encoder: ReturnType<typeof createEncoder>, events: readonly LeadEvent[]): Float32Array {
  const matrix = new Float32Array(events.length * encoder.width);
  for (const [row, event] of events.entries()) {
    const problem = encoder.encode(event, matrix, row);
    if (problem !== undefined) throw new Error(problem.message);
  }
  return matrix;
}
