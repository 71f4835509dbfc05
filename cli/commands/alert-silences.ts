import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseSilenceLength } from '@scoreline/core/alerts/silence.ts';
import { readPastSilences, readSilences } from '@scoreline/runtime/alerts/silences.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { withAlerts } from '../alerts/config.ts';
import { describeSilences } from '../alerts/describe-silences.ts';
import { silenceAlerts, unsilenceAlerts } from '../alerts/silence-alerts.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface SilenceFlags {
  readonly signal?: string;
  readonly subject?: string;
  readonly model?: string;
  readonly for: number;
  readonly reason: string;
  readonly actor: string;
}

/** `scoreline alerts silence | silences | unsilence`: nobody is told for a time, and it stays on record who wanted that. */
export function addSilenceCommands(alerts: Command): void {
  alerts
    .command('silence')
    .description(
      'Tell nobody of an alert for a time. It is decided, stored and published as ever; its end is told to whoever heard of it.',
    )
    .argument('[id]', 'the alert; or all of a signal:')
    .option('--signal <signal>', 'alerts of this signal, e.g. feature_drift')
    .option('--subject <subject>', 'of these, those about this subject')
    .option('--model <name>', 'of these, those of this model')
    .requiredOption('--for <length>', 'how long: 30m, 4h, 2d; at most 30d', parseLength)
    .requiredOption('--reason <text>', 'why; it stays on record', parseReason)
    .option('--actor <name>', 'who silences', userInfo().username)
    .action((id: string | undefined, flags: SilenceFlags) => runCommand(() => silence(id, flags)));
  alerts
    .command('silences')
    .description('Who silenced what, why and until when.')
    .option('--all', 'those that are over too', false)
    .option('--json', 'print them as JSON', false)
    .action((flags: { all: boolean; json: boolean }) => runCommand(() => listSilences(flags)));
  alerts
    .command('unsilence')
    .description('End a silence before its time. What still fires is told then.')
    .argument('<id>', 'the silence')
    .option('--actor <name>', 'who ends it', userInfo().username)
    .action((id: string, { actor }: { actor: string }) =>
      runCommand(() => withAlerts((database) => unsilenceAlerts(database, id, { actor, nowMs: Date.now() }))),
    );
}

function silence(alertId: string | undefined, flags: SilenceFlags): Promise<CommandOutcome> {
  const { signal, subject, model, reason, actor } = flags;
  const wish = { alertId, signal, subject, model, lengthMs: flags.for, reason, actor };
  const at = { id: randomBytes(6).toString('hex'), nowMs: Date.now() };
  return withAlerts((database) => silenceAlerts(database, wish, at));
}

function listSilences({ all, json }: { all: boolean; json: boolean }): Promise<CommandOutcome> {
  return withAlerts(async (database) => {
    const nowMs = Date.now();
    const silences = await (all ? readPastSilences(database) : readSilences(database, nowMs));
    return {
      ok: true,
      lines: json ? [JSON.stringify({ silences }, null, 2)] : describeSilences(silences, nowMs),
    };
  });
}

function parseLength(text: string): number {
  const lengthMs = parseSilenceLength(text);
  if (lengthMs === null) throw new InvalidArgumentError('It reads 30m, 4h or 2d, and is at most 30d.');
  return lengthMs;
}

function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A silence needs a reason.');
  return text;
}
