import type { ReplayProgress } from './replay.ts';

/** Where progress is shown: a terminal gets one bar that moves, anything else a line every few seconds. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressDisplay {
  update(progress: ReplayProgress): void;
  /** Writes the last state and leaves the line. */
  end(): void;
}

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 30;
const CLEAR_LINE = '\r\u001B[K';

export function createProgressDisplay(output: ProgressOutput, now: () => number = Date.now): ProgressDisplay {
  const everyMs = output.isTTY === true ? BAR_EVERY_MS : LINE_EVERY_MS;
  let shownAt = now();
  let latest: ReplayProgress | undefined;
  const show = (progress: ReplayProgress): void => {
    shownAt = now();
    const words = describeProgress(progress);
    output.write(
      output.isTTY === true ? `${CLEAR_LINE}${bar(progress.share)} ${words}` : `replay ${words}\n`,
    );
  };
  return {
    update(progress) {
      latest = progress;
      if (now() - shownAt >= everyMs) show(progress);
    },
    end() {
      if (latest !== undefined) show(latest);
      if (output.isTTY === true) output.write('\n');
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}

function describeProgress({ share, leads, outcomes, refused, seconds }: ReplayProgress): string {
  const perSecond = seconds > 0 ? leads / seconds : 0;
  return [
    `${String(Math.round(share * 100)).padStart(3)} %`,
    `${count(leads)} leads`,
    `${count(outcomes)} outcomes`,
    `${count(perSecond)}/s`,
    ...(refused > 0 ? [`${count(refused)} rows refused`] : []),
  ].join('  ');
}

/** 41188 → '41,188'. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
