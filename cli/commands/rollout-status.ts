import { setTimeout as delay } from 'node:timers/promises';
import { isActive } from '@scoreline/core/rollout/state.ts';
import { describeStatus as toStatusJson } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import type { RolloutStanding } from '@scoreline/runtime/rollouts/standing.ts';
import type { Command } from 'commander';
import { describeStatus } from '../rollouts/describe-status.ts';
import { withRollouts } from '../rollouts/with-rollouts.ts';
import { runCommand } from './run-command.ts';

interface StatusFlags {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Exit code where a person is wanted. */
const WANTS_A_PERSON = 3;
const LOOK_EVERY_MS = 5_000;

/** `scoreline rollout status`: how a rollout stands, measured now. */
export function addStatusCommand(rollout: Command): void {
  rollout
    .command('status')
    .argument('[id]', 'the rollout; without it, the newest')
    .description(
      'What is so, what comes next, and each check. Exit code 0: nothing wants a person; 3: it is paused, or no controller is running; 1: it could not be told.',
    )
    .option('--json', 'print it as JSON', false)
    .option('--watch', 'look again every 5 seconds, until it has ended or Ctrl-C', false)
    .action(runStatus);
}

async function runStatus(id: string | undefined, flags: StatusFlags): Promise<void> {
  let wantsPerson = false;
  await runCommand(() =>
    withRollouts('registry', async (rollouts) => {
      for (;;) {
        const status = await rollouts.status(id ?? null);
        if (!status.ok) return { ok: false, lines: [`✗ ${status.message} [${status.code}]`] };
        const { standing } = status;
        wantsPerson = isWantingPerson(standing);
        if (!flags.watch) return { ok: true, lines: toLines(standing, flags.json) };
        show(toLines(standing, flags.json), flags.json);
        if (!isActive(standing.rollout)) return { ok: true, lines: [] };
        await delay(LOOK_EVERY_MS);
      }
    }),
  );
  if (wantsPerson && process.exitCode === 0) process.exitCode = WANTS_A_PERSON;
}

function toLines(standing: RolloutStanding, asJson: boolean): string[] {
  return asJson ? [JSON.stringify(toStatusJson(standing))] : describeStatus(standing);
}

/** On a terminal each look takes the place of the one before. */
function show(lines: readonly string[], asJson: boolean): void {
  if (process.stdout.isTTY && !asJson) console.clear();
  for (const line of lines) console.log(line);
  if (!process.stdout.isTTY && !asJson) console.log('');
}

function isWantingPerson({ rollout, controller }: RolloutStanding): boolean {
  return isActive(rollout) && (rollout.status === 'paused' || controller.state === 'absent');
}
