import type { GateCondition } from '@scoreline/core/gate/condition.ts';
import type { GateResult } from '@scoreline/core/gate/gate.ts';
import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { AskGate, GateAnswer } from '../model-lifecycle/gate-port.ts';
import type { JudgedReport, ReportService } from './report-service.ts';
import { toJson } from './to-json.ts';

/**
 * The gate as decisions ask it: what the live shadow has shown counts, and where that isn't enough, what the newest
 * finished backtest has. The answer's evidence says which. Reports that can't be had are an answer too.
 */
export function createGateAsker(reports: ReportService): AskGate {
  return async (ref, pkg) => {
    try {
      return toAnswer(await judgeBest(reports, splitVersionRef(ref), pkg.dir));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { known: false, summary: `no report can be had: ${reason}` };
    }
  };
}

async function judgeBest(
  reports: ReportService,
  version: { readonly model: string; readonly version: string },
  packageDir: string,
): Promise<JudgedReport> {
  const { model, version: number } = version;
  const candidate = { model, version: number, role: 'shadow', runId: null } as const;
  const live = await reports.judge(candidate, { packageDir });
  if (live.gate.state === 'pass') return live;
  const run = await reports.findBacktestOf(candidate);
  if (run === undefined) return live;
  const tested = await reports.judge(run, { packageDir });
  return tested.gate.state === 'pass' || live.report.coverage.pairs === 0 ? tested : live;
}

function toAnswer({ gate }: JudgedReport): GateAnswer {
  return {
    known: true,
    passes: gate.state === 'pass',
    evidence: JSON.stringify(toJson(gate)),
    summary: describeGate(gate),
  };
}

/** In a few words: what doesn't pass, and why. */
export function describeGate({ conditions, candidate }: GateResult): string {
  const open = conditions.filter(({ state }) => state !== 'pass');
  const of = candidate.runId === null ? 'the shadow' : `backtest ${candidate.runId}`;
  return open.length === 0
    ? `every condition passes, by ${of}`
    : `by ${of}: ${open.map(describe).join('; ')}`;
}

function describe({ name, state, detail }: GateCondition): string {
  const words = state === 'fail' ? 'fails' : 'wants data';
  return `${name.replaceAll('_', ' ')} ${words} (${detail})`;
}
