import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * Every static check and the unit tests; independent ones run side by side. Exits 1 if any fails. With `--static` no
 * tests: for whoever runs the whole suite beside.
 */
const { values: flags } = parseArgs({ options: { static: { type: 'boolean', default: false } } });
const UNIT_TESTS = 'unit tests';
const CHECKS: readonly (readonly [name: string, command: string])[] = [
  ['format', 'prettier --check --log-level warn .'],
  ['lint', 'oxlint --deny-warnings --quiet'],
  ['types', 'tsc'],
  ['boundaries', 'depcruise --output-type err core runtime pipeline services cli infra test bench'],
  ['dead code', 'knip'],
  ['generated types', 'node schemas/generate.ts --check'],
  ['dashboards', 'node infra/grafana/main.ts --check'],
  [UNIT_TESTS, 'vitest run --project unit --project unit-alone'],
];

/** Two at a time: as many as the smallest machine has cores. */
const PARALLEL = 2;

const started = Date.now();
const queue = CHECKS.filter(([name]) => !(flags.static && name === UNIT_TESTS));
const failed: string[] = [];
await Promise.all(Array.from({ length: PARALLEL }, drainQueue));
console.log(
  `check: ${failed.length === 0 ? 'all good' : `failed: ${failed.join(', ')}`} (${seconds(started)})`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function drainQueue(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, command] = next;
    const begun = Date.now();
    const { ok, output } = await run(command);
    if (!ok) failed.push(name);
    console.log(`${ok ? '✓' : '✗'} ${name} (${seconds(begun)})`);
    if (!ok) console.log(output.trimEnd());
    // The runner's closing line: how many tests there were.
    else if (name === UNIT_TESTS) console.log(output.trimEnd().split('\n').at(-1));
  }
}

function run(command: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
