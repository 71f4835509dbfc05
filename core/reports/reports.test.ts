import { describe, expect, it } from 'vitest';
import { buildReport } from './build-report.ts';
import { renderHtml } from './render/html.ts';
import { renderMarkdown } from './render/markdown.ts';
import { busyDay, emptyDay } from './testing/given.ts';

describe('a day on which something of everything happened', () => {
  const report = buildReport(busyDay());

  it('is told in two sentences', () => {
    expect(report.summary).toBe(
      '4,100 leads scored, 2 alerts, 1 of them critical. A training was asked for.',
    );
    expect([report.id, report.title]).toEqual([
      'daily-2026-11-20-bank-leads',
      'Daily report on bank-leads, 2026-11-20',
    ]);
  });

  it('as Markdown', async () => {
    await expect(renderMarkdown(report)).toMatchFileSnapshot('golden/busy-day.md');
  });

  it('as HTML', async () => {
    await expect(renderHtml(report)).toMatchFileSnapshot('golden/busy-day.html');
  });

  it('every figure names a query of the appendix', () => {
    const named = new Set(report.queries.map(({ name }) => name));
    for (const { blocks } of report.sections)
      for (const block of blocks)
        for (const query of 'queries' in block ? block.queries : []) expect(named).toContain(query);
  });

  it('nothing that stands in it becomes markup, a script or a link that is none', () => {
    const html = renderHtml(report);
    expect(html).not.toMatch(/<script|<b>low|javascript:/);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/(src|href)="https?:\/\/(?!example\.org)/);
    const markdown = renderMarkdown(report);
    expect(markdown).not.toMatch(/<script|<b>low/);
    expect(markdown).toContain('job is missing \\| at another rate');
  });
});

describe('a day of which nothing is known', () => {
  const report = buildReport(emptyDay());

  it('says so in words', () => {
    const unknown = report.sections.find(({ title }) => title === 'What is not known');
    expect(unknown?.blocks).toEqual([
      {
        kind: 'notes',
        notes: [
          'No lead was scored in this time.',
          'No window of event time closed in this time: drift is not known.',
          'No leads are mature yet: how well the scores did is known one outcome horizon after them.',
        ],
      },
    ]);
    expect(report.summary).toBe('0 leads scored, no alert.');
  });

  it('is rendered all the same', () => {
    expect(renderHtml(report)).toContain('No alert fired or resolved.');
    expect(renderMarkdown(report)).not.toContain('NaN');
    expect(renderHtml(report)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
