import { describe, expect, it } from 'vitest';
import { drawPanels } from './chart.ts';
import { spanSteps, spanValues } from './log-axis.ts';

describe('spanSteps', () => {
  it('ends at steps that hold all values, a least ratio apart', () => {
    expect(spanSteps([240, 260], 10).ticks).toEqual([100, 200, 500, 1_000]);
    expect(spanSteps([3, 4_000], 10).ticks.at(0)).toBe(2);
    expect(spanSteps([3, 4_000], 10).ticks.at(-1)).toBe(5_000);
  });

  it('is logarithmic', () => {
    const axis = spanSteps([1, 100], 10);
    expect(axis.position(1)).toBe(0);
    expect(axis.position(10)).toBeCloseTo(0.5);
    expect(axis.position(100)).toBe(1);
  });

  it('takes nothing that has no logarithm', () => {
    expect(() => spanSteps([0, 1], 10)).toThrow(RangeError);
    expect(() => spanSteps([], 10)).toThrow(RangeError);
  });
});

describe('spanValues', () => {
  it('goes from the first value to the last; one alone is in the middle', () => {
    expect(spanValues([4, 1, 4]).ticks).toEqual([1, 4]);
    expect(spanValues([4]).position(4)).toBe(0.5);
  });
});

it('draws a panel of one point, and escapes its names', () => {
  const y = { min: 1, median: 2, max: 3 };
  const svg = drawPanels('a < b', 'x', [{ title: 'R & D', lines: [{ name: '', points: [{ x: 1, y }] }] }]);
  expect(svg).toContain('aria-label="a &lt; b"');
  expect(svg).toContain('R &amp; D');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
