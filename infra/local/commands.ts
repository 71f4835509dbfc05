import { checkHealth } from './check-health.ts';
import type { StackCommand } from './command-line.ts';
import { READY_LINE, startDetached } from './detached.ts';
import type { StackHome } from './home.ts';
import { removeData, startStack } from './stack.ts';
import { endLeftovers, isAlive, pidOf, readState, waitUntilGone } from './state-file.ts';

type Log = (line: string) => void;

const DOWN_DEADLINE_MS = 40_000;

/** Carries out one command of `npm run stack`; the exit status. */
export function runCommand(command: StackCommand, log: Log): Promise<number> {
  return commands[command.name](command, log);
}

const commands: Record<StackCommand['name'], (command: StackCommand, log: Log) => Promise<number>> = {
  up: (command, log) => (command.detach ? startDetached(command.home, log) : up(command, log)),
  down: ({ home }, log) => down(home, log),
  status: ({ home }, log) => status(home, log),
  reset: ({ home }, log) => reset(home, log),
};

/** Holds the stack until a signal (0) or until a part ends by itself (1). */
async function up({ home, ports }: StackCommand, log: Log): Promise<number> {
  const stack = await startStack({ home: home.root, ports, log });
  for (const [name, value] of Object.entries(stack.env)) log(`  ${name}=${value}`);
  // Before the line that invites signals.
  const signal = nextSignal();
  log(READY_LINE);
  const end = await Promise.race([stack.failed, signal]);
  log(end instanceof Error ? `stack … ${end.message}; stopping the rest` : 'stack … stopping');
  await stack.stop();
  log('stack … stopped');
  return end instanceof Error ? 1 : 0;
}

/** The next request to end. After it, one more has its usual effect: parts end with us in any case. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

async function down(home: StackHome, log: Log): Promise<number> {
  const state = readState(home.stateFile);
  if (state === undefined) {
    log(`no stack runs in ${home.root}`);
    return 0;
  }
  if (isAlive(state.owner)) {
    process.kill(pidOf(state.owner), 'SIGTERM');
    if (!(await waitUntilGone([state.owner], DOWN_DEADLINE_MS))) {
      log(
        `process ${pidOf(state.owner)}, which holds the stack, has not ended in ${DOWN_DEADLINE_MS / 1000} s`,
      );
      return 1;
    }
  }
  await endLeftovers(state);
  log('stack … stopped');
  return 0;
}

/** One line a part; 0 when every part of a running stack is healthy. */
async function status(home: StackHome, log: Log): Promise<number> {
  const state = readState(home.stateFile);
  if (state === undefined || !isAlive(state.owner)) {
    log(`no stack runs in ${home.root}`);
    return 1;
  }
  log(`stack in ${home.root}, held by process ${pidOf(state.owner)}`);
  let healthy = true;
  for (const name of ['kafka', 'registry', 'clickhouse'] as const) {
    const part = state.parts[name];
    if (part === undefined) continue;
    const isUp = isAlive(part.identity) && (await checkHealth(name, part.port));
    healthy &&= isUp;
    const where = `127.0.0.1:${part.port}  process ${pidOf(part.identity)}`;
    log(`${name.padEnd(10)}  ${where}  ${isUp ? 'healthy' : 'NOT healthy'}`);
  }
  return healthy ? 0 : 1;
}

async function reset(home: StackHome, log: Log): Promise<number> {
  const state = readState(home.stateFile);
  if (state !== undefined && isAlive(state.owner)) {
    log(`a stack runs in ${home.root} (process ${pidOf(state.owner)}): end it first, with down`);
    return 1;
  }
  if (state !== undefined) await endLeftovers(state);
  removeData(home);
  log(`${home.root} … data and logs removed`);
  return 0;
}
