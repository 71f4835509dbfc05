import type { BacktestProgress } from '@scoreline/pipeline/backtest/tally.ts';
import type { BacktestRun } from '@scoreline/runtime/backtest/run-store.ts';
import { count } from '../replay/progress.ts';

/** What a backtest tells while it runs: a line when it begins, one every few seconds, one at its end. */
export interface BacktestDisplay {
  began(run: BacktestRun): void;
  update(progress: BacktestProgress): void;
  /** The last state; nothing where none came. */
  end(): void;
}

const LINE_EVERY_MS = 2_000;

export function createBacktestDisplay(
  output: { write(text: string): unknown },
  nowMs: () => number = Date.now,
): BacktestDisplay {
  let shownAtMs = nowMs();
  let latest: BacktestProgress | undefined;
  const show = (progress: BacktestProgress): void => {
    shownAtMs = nowMs();
    output.write(`backtest ${describe(progress)}\n`);
  };
  return {
    began({ runId, ranges, state }) {
      const records = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
      const words = state === 'finished' ? 'has finished before' : 'begins, or goes on';
      output.write(
        `backtest run ${runId} ${words}: ${count(records)} offsets, ${ranges.length} partitions\n`,
      );
    },
    update(progress) {
      latest = progress;
      if (nowMs() - shownAtMs >= LINE_EVERY_MS) show(progress);
    },
    end() {
      if (latest !== undefined) show(latest);
    },
  };
}

function describe({ done, total, scored, deadLetters, seconds, waitingFor }: BacktestProgress): string {
  const share = total === 0 ? 1 : done / total;
  return [
    `${String(Math.floor(100 * share)).padStart(3)} %`,
    `${count(scored)} scored`,
    `${count(deadLetters)} dead letters`,
    `${count(seconds > 0 ? scored / seconds : 0)}/s`,
    ...(waitingFor === undefined ? [] : [`waiting: ${waitingFor}`]),
  ].join('  ');
}
