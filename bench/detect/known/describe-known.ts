import { describeTable } from '../table.ts';
import type { Comparison, KindComparison } from './compare-kinds.ts';
import type { Detection, Tool } from './detection.ts';
import type { Calibration, KnownResults } from './measure-known.ts';

const TOOLS: readonly (readonly [Tool, string])[] = [
  ['scoreline', 'Scoreline'],
  ['evidently', 'Evidently'],
  ['nannyml', 'NannyML'],
];

/** Tables of delays and power in Markdown: each kind, knobs, then each size at matched rates and at the defaults. */
export function describeKnown(results: KnownResults): string {
  const { calibrations, detections, kinds, check, alarmsAMonth } = results;
  const peers = calibrations.some(({ tool }) => tool !== 'scoreline');
  const tools = peers ? TOOLS : TOOLS.slice(0, 1);
  const bySize = Map.groupBy(detections, ({ rowsAnHour }) => rowsAnHour);
  const tables = Array.from(bySize, ([rowsAnHour, ofSize]) =>
    [
      `### ${rowsAnHour.toLocaleString('en-US')} leads an hour`,
      `Each tool at ${alarmsAMonth} false alarms a month:`,
      describeDelays(ofSize, tools, ({ matchedDelays }) => matchedDelays),
      'At the defaults:',
      describeDelays(ofSize, tools, ({ delays }) => delays),
    ].join('\n\n'),
  );
  return [
    ...(kinds.length === 0 ? [] : ['### By kind', describeKinds(kinds)]),
    describeCalibrations(calibrations),
    ...tables,
    ...(check ? [describeCheck(check)] : []),
  ].join('\n\n');
}

function describeKinds(kinds: readonly KindComparison[]): string {
  const hours = (x: number): string => x.toFixed(1);
  const percent = (x: number): string => `${(100 * x).toFixed(0)} %`;
  return describeTable(
    [
      'kind',
      'cases',
      'mean delay, h',
      'better peer',
      'difference, 95 %',
      'verdict',
      'power',
      'better peer',
      'difference, 95 %',
      'verdict',
    ],
    kinds.map(({ kind, cases, delayHours, power }) => [
      kind,
      `${cases}`,
      ...describeComparison(delayHours, hours),
      ...describeComparison(power, percent),
    ]),
  );
}

function describeComparison(
  { ours, peer, theirs, low, high, verdict }: Comparison,
  format: (x: number) => string,
): readonly string[] {
  return [format(ours), `${format(theirs)} (${nameOf(peer)})`, `${format(low)} to ${format(high)}`, verdict];
}

function describeCheck(check: NonNullable<KnownResults['check']>): string {
  return (
    `Largest difference to the tools' own answers on three windows: Evidently ${check.evidently} ` +
    `${check.evidentlyDifference.toExponential(0)}, NannyML ${check.nannyml} ${check.nannymlDifference.toExponential(0)}.`
  );
}

function nameOf(tool: Tool): string {
  return TOOLS.find(([name]) => name === tool)?.[1] ?? tool;
}

function describeCalibrations(calibrations: readonly Calibration[]): string {
  return describeTable(
    ['tool', 'leads an hour', 'false alarms a month at the defaults', 'knob', 'with it'],
    calibrations.map(({ tool, rowsAnHour, atDefault, knob, matched }) => [
      nameOf(tool),
      `${rowsAnHour}`,
      atDefault.toFixed(1),
      `× ${knob.toFixed(2)}`,
      matched.toFixed(1),
    ]),
  );
}

function describeDelays(
  detections: readonly Detection[],
  tools: readonly (readonly [Tool, string])[],
  delaysOf: (detection: Detection) => Detection['delays'],
): string {
  return describeTable(
    ['drift', ...tools.flatMap(([, name]) => [`${name}: found`, 'after, h'])],
    detections.map((detection) => [
      `${detection.kind}, ${detection.size}`,
      ...tools.flatMap(([tool]) => describeOne(delaysOf(detection)[tool])),
    ]),
  );
}

/** Share of the streams in which it was found, and the median delay over all of them: missed ones wait for ever. */
function describeOne(delays: readonly (number | null)[]): readonly [string, string] {
  const found = delays.filter((delay) => delay !== null);
  const sorted = delays.map((delay) => delay ?? Infinity).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
  return [`${found.length} of ${delays.length}`, Number.isFinite(median) ? `${median}` : '–'];
}
