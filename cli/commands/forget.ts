import { randomUUID } from 'node:crypto';
import { ClickHouseUnavailable, createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { ErasureUnfinished } from '@scoreline/runtime/erasure/erase-rows.ts';
import { type Forgotten, forgetLead, OtherErasureKey } from '@scoreline/runtime/erasure/forget-lead.ts';
import { toLeadHasher } from '@scoreline/runtime/erasure/config.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import type { Command } from 'commander';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { type ErasureConfig, requireErasureConfig } from '../erasure/config.ts';
import { describeForgotten } from '../erasure/describe-forgotten.ts';
import { CommandFailed } from '../registry/with-started.ts';
import { renderTables } from '../reports/table.ts';
import { runCommand } from './run-command.ts';

/** A table of years is counted in this time. */
const REQUEST_TIMEOUT_MS = 120_000;

/** `scoreline forget LEAD_ID`: erasure, as the law has it. */
export function addForgetCommand(program: Command): void {
  program
    .command('forget')
    .description(
      'Erase a lead from ClickHouse and keep it away while Kafka still holds its records. Exit code 0: nothing is left; 1: not finished, run it again.',
    )
    .argument('<lead id>', 'as it stands in lead_id')
    .option('--reason <text>', 'kept with the entry; must not name the lead', '')
    .action((leadId: string, { reason }: { reason: string }) =>
      runCommand(async () => {
        const forgotten = await forget(requireErasureConfig(process.env), leadId, reason);
        return { ok: forgotten.left === 0, lines: renderTables(describeForgotten(forgotten), 'text') };
      }),
    );
}

async function forget(config: ErasureConfig, leadId: string, reason: string): Promise<Forgotten> {
  const { TOPIC_PREFIX: topicPrefix } = config;
  const hasher = toLeadHasher(config);
  if (hasher === undefined) throw new CommandFailed(NO_KEY);
  const database = createDatabase(toClickHouseSettings(config, REQUEST_TIMEOUT_MS));
  const topics = await openTopicAdmin(asClient(toKafkaAccess(config), 'scoreline-forget'), () => {}).catch(
    (error: unknown) => {
      throw new CommandFailed(
        `Kafka can't be reached, so nothing says how long it keeps the lead: ${String(error)}`,
      );
    },
  );
  try {
    const deps = { database, topics, topicPrefix, hasher, nowMs: Date.now, newErasureId: randomUUID };
    return await forgetLead(deps, leadId, reason);
  } catch (error) {
    if (error instanceof OtherErasureKey) throw new CommandFailed(error.message);
    if (!(error instanceof ErasureUnfinished || error instanceof ClickHouseUnavailable)) throw error;
    throw new CommandFailed(`not finished: ${error.message}; run the same command again, it goes on`);
  } finally {
    await Promise.all([topics.close(), database.close()]);
  }
}

const NO_KEY =
  'ERASURE_KEY is not set: make one (openssl rand -hex 32), give it to every drift instance and to this command, and keep it';
