import { fileURLToPath } from 'node:url';
import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import { time } from '@scoreline/runtime/clickhouse/literals.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { createMemoryTopic } from '@scoreline/runtime/decision-log/testing/memory-log.ts';
import {
  createRetrainingCommands,
  createRetrainingProjection,
} from '@scoreline/runtime/retraining/retraining-log.ts';
import { expect, test } from 'vitest';
import { askByHand } from './ask-by-hand.ts';

const TRAINED_UNTIL_MS = Date.parse('2008-06-16T08:03:57.037Z');

/** Asks for a training of the bank's model; the SQL that it counted labels by. */
async function ask(modelVersion: string): Promise<string> {
  const { openLog, appender } = createMemoryTopic<RetrainingRequested>();
  const projection = createRetrainingProjection({ log: openLog(), events: SILENT_PROJECTION });
  await projection.start(() => {});
  const newEventId = (): string => crypto.randomUUID();
  const commands = createRetrainingCommands({ projection, appender, nowMs: Date.now, newEventId });
  const asked: string[] = [];
  const database = { query: (sql: string) => Promise.resolve((asked.push(sql), [])) };
  const modelsDir = fileURLToPath(new URL('../../models', import.meta.url));
  const wish = { model: 'bank-leads', modelVersion, reason: 'a new product', actor: 'anna' };
  const result = await askByHand({ projection, commands, database, modelsDir }, wish);
  expect(result).toMatchObject({ ok: true, changed: true });
  return asked.join('\n');
}

test('labels are new since the end of the training, as they are to the policy', async () => {
  expect(await ask('1.0.0')).toContain(`recorded_at > ${time(TRAINED_UNTIL_MS)}`);
});

test('where the package is not here, all labels are', async () => {
  expect(await ask('9.0.0')).toContain(`recorded_at > ${time(0)}`);
});
