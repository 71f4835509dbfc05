import { userInfo } from 'node:os';
import { type LetterInHand, readDecisions, readLetters } from '@scoreline/runtime/dead-letters/letter-box.ts';
import type { LetterFilter, LetterState } from '@scoreline/runtime/dead-letters/letter-filter.ts';
import { settleLetters } from '@scoreline/runtime/dead-letters/settle-letters.ts';
import { type Command, Option } from 'commander';
import { withDeadLetters } from '../dead-letters/config.ts';
import {
  countByCode,
  describeLetters,
  describeSettled,
  letterToJson,
} from '../dead-letters/describe-letters.ts';
import {
  addFilterFlags,
  type FilterFlags,
  isNarrowed,
  readLetterIds,
  readWholeNumber,
  toFilter,
} from '../dead-letters/filter-flags.ts';
import { showLetter } from '../dead-letters/show-letter.ts';
import { plain } from '../reports/table.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface ListFlags extends FilterFlags {
  readonly state: LetterState | 'any';
  readonly limit: number;
  readonly count: boolean;
  readonly json: boolean;
}

interface SettleFlags extends FilterFlags {
  readonly all: boolean;
  readonly limit: number;
  readonly reason: string;
  readonly actor: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const VERBS = {
  replay: {
    action: 'replayed',
    description:
      'Write the lead events of open letters to lead-created again, each exactly once: to be scored now that the reason has gone.',
  },
  drop: {
    action: 'dropped',
    description: 'Close open letters that are not to be scored; they stay on the topic.',
  },
} as const;

/** `scoreline dlq …`: the leads that could not be scored. */
export function addDlqCommands(program: Command): void {
  const dlq = program.command('dlq').description('Dead letters: what they are, and what becomes of them.');
  addFilterFlags(dlq.command('list').description('Dead letters, oldest first within a partition.'))
    .addOption(
      new Option('--state <state>', 'what became of them')
        .choices(['open', 'replayed', 'dropped', 'any'])
        .default('open'),
    )
    .option('--limit <n>', 'tell at most so many', readWholeNumber, 50)
    .option('--count', 'only how many of each code', false)
    .option('--json', 'print them as JSON', false)
    .action((flags: ListFlags) => runCommand(() => listLetters(flags)));
  dlq
    .command('show')
    .description("One letter whole, with the lead's data, as JSON.")
    .argument('<partition/offset>', 'the letter', readLetterIds)
    .action((ids: readonly string[]) => runCommand(() => show(ids)));
  addSettling(dlq, 'replay');
  addSettling(dlq, 'drop');
}

function addSettling(dlq: Command, verb: keyof typeof VERBS): void {
  addFilterFlags(dlq.command(verb).description(VERBS[verb].description))
    .argument('[partition/offset...]', 'the letters; without any, those that the options mean', readLetterIds)
    .option('--all', 'all open letters', false)
    .option('--limit <n>', 'at most so many', readWholeNumber, Infinity)
    .requiredOption('--reason <text>', 'why; it stays on record')
    .option('--actor <name>', 'who decides', userInfo().username)
    .option('--dry-run', 'only say what would be done', false)
    .option('--json', 'print the outcome as JSON', false)
    .action((ids: readonly string[] | undefined, flags: SettleFlags) =>
      runCommand(() => settle(verb, ids ?? [], flags)),
    );
}

async function listLetters(flags: ListFlags): Promise<CommandOutcome> {
  return withDeadLetters(async (location) => {
    const { told, total, counts } = await collect(
      readLetters(location, toFilter([], flags, flags.state), await readDecisions(location)),
      flags.count ? 0 : flags.limit,
    );
    if (flags.json) {
      const body = { total, codes: Object.fromEntries(counts), letters: told.map(letterToJson) };
      return { ok: true, lines: [JSON.stringify(body, null, 2)] };
    }
    const codes = [...counts].map(([code, count]) => `${String(count).padStart(8)}  ${plain(code)}`);
    return { ok: true, lines: flags.count ? codes : describeLetters(told, total) };
  });
}

/** The first letters, and how many there are of each code: no more is held than is told. */
async function collect(pages: AsyncIterable<readonly LetterInHand[]>, limit: number) {
  const told: LetterInHand[] = [];
  const counts = new Map<string, number>();
  let total = 0;
  for await (const page of pages) {
    told.push(...page.slice(0, Math.max(0, limit - told.length)));
    total += page.length;
    for (const [code, count] of countByCode(page)) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return { told, total, counts };
}

async function show(ids: readonly string[]): Promise<CommandOutcome> {
  return withDeadLetters(async (location) => {
    const filter: LetterFilter = toFilter(ids, {}, 'any');
    for await (const [found] of readLetters(location, filter, await readDecisions(location))) {
      if (found === undefined) continue;
      const shown = await showLetter(found, location);
      return { ok: true, lines: [JSON.stringify(shown, bigintsAsText, 2)] };
    }
    return { ok: false, lines: [`✗ there is no letter ${ids.join(', ')}: "scoreline dlq list" names them`] };
  });
}

function bigintsAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

async function settle(
  verb: keyof typeof VERBS,
  ids: readonly string[],
  flags: SettleFlags,
): Promise<CommandOutcome> {
  if (flags.all === isNarrowed(ids, flags)) {
    const message = `✗ which letters? Name them (<partition>/<offset>), narrow them down (--code …), or say --all`;
    return { ok: false, lines: [message] };
  }
  return withDeadLetters(async (location) => {
    const settlement = {
      action: VERBS[verb].action,
      filter: toFilter(ids, flags, 'open'),
      actor: flags.actor,
      reason: flags.reason,
      limit: flags.limit,
      isDryRun: flags.dryRun,
    };
    const settled = await settleLetters(location, settlement, Date.now);
    const lines = flags.json
      ? [JSON.stringify(settled)]
      : describeSettled(settled, { verb, isDryRun: flags.dryRun });
    return { ok: settled.refused.length === 0, lines };
  });
}
