import type { AlertSeverity } from '@scoreline/core/alerts/ceiling.ts';
import {
  alertToJson,
  changeToJson,
  createAlertReader,
  MOST_LISTED,
} from '@scoreline/runtime/alerts/alert-reader.ts';
import { readSilences } from '@scoreline/runtime/alerts/silences.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withAlerts } from '../alerts/config.ts';
import { describeAlerts, describeHistory } from '../alerts/describe-alerts.ts';
import { tryAlert } from '../alerts/try-alert.ts';
import { addSilenceCommands } from './alert-silences.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface ListFlags {
  readonly all: boolean;
  readonly json: boolean;
}

interface TestFlags {
  readonly severity: AlertSeverity;
  readonly hold: number;
  readonly timeout: number;
}

/** `scoreline alerts …`: what fires, an alert's life, and whether people would hear of one. */
export function addAlertCommands(program: Command): void {
  const alerts = program.command('alerts').description('What fires now, and whether people hear of it.');
  alerts
    .command('list')
    .description('Announced alerts that fire, strongest first, and whom each stands for.')
    .option('--all', 'those that are silenced and the newest that have resolved too', false)
    .option('--json', 'print them as JSON', false)
    .action((flags: ListFlags) => runCommand(() => listAlerts(flags)));
  alerts
    .command('show')
    .argument('<id>', 'the alert')
    .description("One alert's life: each change, who was told, its SQL and what that gives now.")
    .option('--json', 'print it as JSON', false)
    .action((id: string, { json }: { json: boolean }) => runCommand(() => showAlert(id, json)));
  alerts
    .command('test')
    .description(
      'Send a test alert the way that each goes, and say how far it came. Exit code 0: topic, ClickHouse and each sink have it.',
    )
    .addOption(
      new Option('--severity <severity>', 'how urgent it is')
        .choices(['info', 'warning', 'critical'])
        .default('info'),
    )
    .option('--hold <seconds>', 'let it fire so long before it is resolved', readSeconds, 10)
    .option('--timeout <seconds>', 'wait so long for each step', readSeconds, 60)
    .action((flags: TestFlags) => runCommand(() => testAlerts(flags)));
  addSilenceCommands(alerts);
}

function listAlerts({ all, json }: ListFlags): Promise<CommandOutcome> {
  return withAlerts(async (database) => {
    const reader = createAlertReader(database);
    const alerts = await reader.list({ all, most: MOST_LISTED });
    const lines = json
      ? [JSON.stringify({ alerts: alerts.map(alertToJson) }, null, 2)]
      : describeAlerts(alerts, {
          sinks: await reader.sinks(),
          silences: await readSilences(database, Date.now()),
          all,
          nowMs: Date.now(),
        });
    return { ok: true, lines };
  });
}

function showAlert(id: string, json: boolean): Promise<CommandOutcome> {
  return withAlerts(async (database) => {
    const reader = createAlertReader(database);
    const history = await reader.history(id);
    const last = history?.changes.at(-1);
    if (history === undefined || last === undefined)
      return {
        ok: false,
        lines: [`✗ there never was an alert '${id}': scoreline alerts list --all has their ids`],
      };
    const value = await reader.measure(last).catch((error: Error) => error);
    const { changes, deliveries } = history;
    if (json) {
      const now = value instanceof Error ? null : value;
      const body = { alert_id: id, value_now: now, changes: changes.map(changeToJson), deliveries };
      return { ok: true, lines: [JSON.stringify(body, null, 2)] };
    }
    const measured = value instanceof Error ? `not to be had (${value.message})` : String(value ?? 'nothing');
    return { ok: true, lines: describeHistory(history, measured) };
  });
}

function testAlerts({ severity, hold, timeout }: TestFlags): Promise<CommandOutcome> {
  // The first of them ends the test as it should be ended; the second ends the process.
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  return withAlerts(async (database, config) => {
    const ok = await tryAlert(database, config, {
      severity,
      holdMs: 1_000 * hold,
      patienceMs: 1_000 * timeout,
      signal: abort.signal,
      tell: (step) => console.log(`${step.ok ? '✓' : '✗'} ${step.text}`),
    });
    return { ok, lines: [] };
  });
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) throw new InvalidArgumentError('a number of seconds');
  return seconds;
}
