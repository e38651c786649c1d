import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../../src/report/html/page.js';
import { reportDocument } from '../../../src/report/json.js';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { failedAnalysis, input, quietAnalysis, resetFinding } from '../analyses.js';
import { resetConversation } from '../ladder/details.js';
import { HOSTILE, hostileInput, overviewOf } from './overviews.js';

const finding = resetFinding();
const ladders = new Map([[finding.id, ladderOf(resetConversation(), { reveal: false })]]);
const page = htmlReport(input(failedAnalysis()), { ladders, overview: overviewOf(30) });

/** The content of the page's elements of one name. */
function contentsOf(html: string, element: string): string[] {
  return [...html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))].map(
    ([, content = '']) => content,
  );
}

describe('the report as a page', () => {
  it('lets nothing run and nothing style it but what it brings, by hash', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const element of ['script', 'style']) {
      const [content = '', ...others] = contentsOf(page, element);
      expect(others).toEqual([]);
      const hash = createHash('sha256').update(content).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(page).not.toMatch(/ style=| on\w+=/);
  });

  it('is dark on a screen alone: paper is white', () => {
    expect(page).toContain('@media screen and (prefers-color-scheme:dark)');
    expect(page).not.toContain('@media (prefers-color-scheme');
  });

  it('holds the report itself', () => {
    const [, json = ''] = /id="report-data">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(reportDocument(input(failedAnalysis())))));
  });

  it('shows each finding with causes, changes, conversation and packets', () => {
    for (const words of [
      'Causes considered',
      'Change',
      'Conversation',
      'Packets',
      'class="ladder"',
      'aria-labelledby="F1-title"',
    ]) {
      expect(page).toContain(words);
    }
  });

  it('says at its head what each of several findings is, and how many more than there is room for', () => {
    const many = Array.from({ length: 60 }, (_, at) => ({ ...finding, id: `F${at + 1}`, title: `title <${at + 1}>` }));
    const [, index = ''] =
      /<ol class="index">(.*?)<\/ol>/.exec(
        htmlReport(input(failedAnalysis({ findings: many })), { ladders: new Map(), overview: overviewOf(3) }),
      ) ?? [];
    expect(index).toContain('aria-label="critical">✖</span> <a href="#F2">F2</a> ');
    expect(index).toContain('title &lt;2&gt; ×17</li>');
    expect(index.match(/<li>/g)).toHaveLength(13);
    expect(index).toContain('<li><a href="#F13">48 more</a></li>');
    // Of one finding, the title is the page's.
    expect(page).toContain('<a href="#F1">F1</a> ×17</li></ol>');
  });

  it('keeps a figure of its sentences with its unit', () => {
    expect(page).toContain(
      '<p>In 17 of 212 connections to 10.0.1.43:80 a RST came 90 to 180\u00a0µs after the request.',
    );
    expect(page).toContain('the longest idle time before a request is 1.0\u00a0ms<');
  });

  it('draws when servers close idle connections, with the estimate', () => {
    expect(page).toContain(
      '4 closes of idle connections by 10.0.1.43:80, after 9.99 s to 10.0 s; estimated time-out 10.0 s',
    );
  });

  it('says beside the closes where no one timer explains them', () => {
    const page = (idleTimeoutSeconds: number | null) => {
      const servers = failedAnalysis().servers.map((server) => ({ ...server, idleTimeoutSeconds }));
      return htmlReport(input(failedAnalysis({ servers })), { ladders, overview: overviewOf(3) });
    };
    expect(page(null)).toContain('closes idle connections after; no one timer explains it</figcaption>');
    expect(page(10)).toContain('closes idle connections after</figcaption>');
  });

  it('names the packet that the times of the others count from', () => {
    expect(page).toContain('<th scope="col" class="figure">after #6</th>');
  });

  it('has no element but its own, whatever captured text holds', () => {
    const html = htmlReport(hostileInput(), { ladders: new Map(), overview: overviewOf(3, HOSTILE) });
    expect(html).not.toMatch(/<img|<svg onload|href="javascript/);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html.match(/<\/title>/g)?.length).toBe(1);
  });

  it('says so where secrets are shown, where a filter hides, and where nothing was found', () => {
    const shown = input(failedAnalysis(), { reveal: true, filter: { expression: 'sev:critical', hiddenFindings: 2 } });
    const html = htmlReport(shown, { ladders, overview: overviewOf(3) });
    expect(html).toContain('Secrets shown');
    expect(html).toContain('2 findings are hidden');
    expect(htmlReport(input(quietAnalysis()), { ladders: new Map(), overview: overviewOf(0) })).toContain(
      'Nothing found',
    );
  });
});
