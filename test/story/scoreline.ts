import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { GateResult } from '@scoreline/core/gate/gate.ts';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { ShadowReport } from '@scoreline/core/shadow/report.ts';
import type { describeRegistry } from '@scoreline/runtime/model-lifecycle/describe-registry.ts';

export type Registry = ReturnType<typeof describeRegistry>;

/** A report and its gate as `--json` prints them; the fields that the story looks at are called as in the program. */
export interface PrintedReport {
  readonly report: Pick<ShadowReport, 'candidate' | 'coverage' | 'failures' | 'labels'>;
  readonly gate: Pick<GateResult, 'state' | 'conditions'>;
}

export interface Accepted {
  readonly message: string;
  readonly warnings: readonly string[];
  readonly registry: Registry;
  /** When it was decided, epoch milliseconds, by the decider's clock. */
  readonly decidedAtMs: number;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly PackageProblem[];
}

/** The command line, as a person has it: a process for each command. */
export interface Scoreline {
  /** `scoreline model …`: a decision that has to be accepted. */
  decide(args: readonly string[]): Promise<Accepted>;
  /** The same, where nothing may be left to decide. */
  decideNothing(args: readonly string[]): Promise<string>;
  /** The same, which has to be refused with this code. */
  refuse(args: readonly string[], code: string): Promise<Refused>;
  /** `scoreline model list`. */
  list(): Promise<Registry>;
  /** `scoreline rollout start`: the id of the canary that began. */
  startRollout(args: readonly string[]): Promise<string>;
  /** `scoreline rollout …`: a decision that has to be accepted. */
  decideRollout(args: readonly string[]): Promise<void>;
  /** The same, which has to be refused with this code; what was told. */
  refuseRollout(args: readonly string[], code: string): Promise<string>;
  /** `scoreline shadow report` or `scoreline backtest`; the gate may say what it likes. */
  report(args: readonly string[]): Promise<readonly PrintedReport[]>;
}

/** What `scoreline rollout … --json` prints of a decision. */
type RolloutOutcome =
  | { readonly ok: true; readonly message: string; readonly rollout: { readonly id: string } }
  | { readonly ok: false; readonly code: string; readonly message: string };

type Outcome =
  | {
      readonly ok: true;
      readonly changed: boolean;
      readonly message: string;
      readonly warnings: string[];
      readonly registry: Registry;
    }
  | ({ readonly ok: false } & Refused);

const CLI = join(import.meta.dirname, '../../cli/main.ts');
const TIMEOUT_MS = 150_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Exit codes of reports: the gate passes, fails, wants data. */
const REPORTED = [0, 1, 3];

export function createScoreline(env: NodeJS.ProcessEnv): Scoreline {
  const runModel = async (args: readonly string[]): Promise<{ outcome: Outcome; status: number }> => {
    const { status, output, errors } = await runCli(['model', ...args, '--json'], env);
    assert.notEqual(output, '', `scoreline model ${args.join(' ')} said nothing: ${errors}`);
    return { outcome: JSON.parse(output) as Outcome, status };
  };
  const accept = async (args: readonly string[], changed: boolean) => {
    const { outcome, status } = await runModel(args);
    assert.ok(outcome.ok, `${args.join(' ')} was refused: ${outcome.ok ? '' : outcome.message}`);
    assert.equal(outcome.changed, changed, outcome.message);
    assert.equal(status, 0);
    return outcome;
  };
  const runRollout = async (args: readonly string[]): Promise<RolloutOutcome> => {
    const { output, errors } = await runCli(['rollout', ...args, '--json'], env);
    assert.notEqual(output, '', `scoreline rollout ${args.join(' ')} said nothing: ${errors}`);
    return JSON.parse(output) as RolloutOutcome;
  };
  const acceptRollout = async (args: readonly string[]) => {
    const outcome = await runRollout(args);
    assert.ok(outcome.ok, `rollout ${args.join(' ')} was refused: ${outcome.message}`);
    return outcome;
  };
  return {
    startRollout: async (args) => (await acceptRollout(['start', ...args])).rollout.id,
    decideRollout: async (args) => void (await acceptRollout(args)),
    async refuseRollout(args, code) {
      const outcome = await runRollout(args);
      assert.ok(!outcome.ok, `rollout ${args.join(' ')} was accepted: ${outcome.message}`);
      assert.equal(outcome.code, code, outcome.message);
      return outcome.message;
    },
    async decide(args) {
      const { message, warnings, registry } = await accept(args, true);
      return { message, warnings, registry, decidedAtMs: latestDecisionMs(registry) };
    },
    decideNothing: async (args) => (await accept(args, false)).message,
    async refuse(args, code) {
      const { outcome, status } = await runModel(args);
      assert.ok(!outcome.ok, `${args.join(' ')} was accepted: ${outcome.ok ? outcome.message : ''}`);
      assert.equal(outcome.code, code, outcome.message);
      assert.equal(status, 1);
      return outcome;
    },
    async list() {
      const { status, output, errors } = await runCli(['model', 'list', '--json'], env);
      assert.equal(status, 0, errors);
      return JSON.parse(output) as Registry;
    },
    async report(args) {
      const { status, output, errors } = await runCli([...args, '--json'], env);
      assert.ok(REPORTED.includes(status), `scoreline ${args.join(' ')} ended with ${status}: ${errors}`);
      return JSON.parse(output) as readonly PrintedReport[];
    },
  };
}

function latestDecisionMs({ versions }: Registry): number {
  const latest = versions
    .flatMap(({ decisions }) => decisions)
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1);
  return Date.parse(latest?.at ?? '');
}

interface CommandEnd {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

function runCli(args: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], options, (_error, output, errors) =>
      resolve({ status: child.exitCode ?? -1, output, errors }),
    );
  });
}
