import type { Machine } from '../../machine.ts';
import { describePlan } from '../paper/describe-plan.ts';
import { readCosts } from '../paper/read-costs.ts';
import type { Growth } from '../measure-growth.ts';
import { plotAxis } from './plots.ts';
import { describeAxis, describeRun, describeSteady } from './tables.ts';

/** A run as `npm run bench -- growth --json FILE` writes it. */
export interface GrowthFile {
  readonly machine: Machine;
  readonly growth: Growth;
}

/** What the page has of a run, by the name of its place. */
export function renderBlocks({ machine, growth }: GrowthFile): ReadonlyMap<string, string> {
  return new Map([
    ['run', describeRun(growth, machine)],
    ...growth.axes.map((axis) => [axis.name, describeAxis(axis)] as const),
    ['steady', describeSteady(growth.steady)],
    ['paper', describePlan(readCosts(growth))],
  ]);
}

/** The plots, by the name of their file. */
export function renderPlots({ growth }: GrowthFile): ReadonlyMap<string, string> {
  return new Map(growth.axes.map((axis) => [`${axis.name}.svg`, plotAxis(axis)]));
}

/**
 * The page with each block between its markers, `<!-- growth:NAME -->` and `<!-- /growth:NAME -->`. Throws where the
 * page has no place for a block, or a place for one that isn't there.
 */
export function fillPage(page: string, blocks: ReadonlyMap<string, string>): string {
  const places = [...page.matchAll(/^<!-- growth:(\w+) -->$/gm)].map(([, name = '']) => name);
  const homeless = [...blocks.keys()].filter((name) => !places.includes(name));
  const empty = places.filter((name) => !blocks.has(name));
  if (homeless.length > 0) throw new Error(`the page has no place for ${homeless.join(', ')}`);
  if (empty.length > 0)
    throw new Error(`the run has nothing for ${empty.join(', ')}: measure every axis for the page`);
  return page.replaceAll(
    /^(<!-- growth:(\w+) -->\n)[^]*?(^<!-- \/growth:\2 -->$)/gm,
    (_, begin: string, name: string, end: string) => `${begin}\n${blocks.get(name)}\n\n${end}`,
  );
}
