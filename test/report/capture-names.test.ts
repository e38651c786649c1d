import { describe, expect, it } from 'vitest';
import { captureNames, NAMED_CAPTURES } from '../../src/report/capture-names.js';
import { htmlReport } from '../../src/report/html/page.js';
import { markdownReport } from '../../src/report/markdown/markdown.js';
import { failedAnalysis, input, quietAnalysis } from './analyses.js';
import { overviewOf } from './html/overviews.js';

const [front] = quietAnalysis().captures;
const ring = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...front, file: `ring${index}` })) as ReturnType<
    typeof quietAnalysis
  >['captures'];

describe('the captures of a report', () => {
  it('are all named when they are few', () => {
    expect(captureNames(quietAnalysis({ captures: ring(2) }), (file) => `<${file}>`)).toBe('<ring0>, <ring1>');
  });

  it('are counted beyond the first: the verdict stays in sight', () => {
    const analysis = failedAnalysis();
    const many = { ...analysis, captures: [...analysis.captures, ...ring(NAMED_CAPTURES + 3)] };
    const more = many.captures.length - NAMED_CAPTURES;
    const html = htmlReport(input(many), { ladders: new Map(), overview: overviewOf(3) });
    const header = html.slice(html.indexOf('<title>'), html.indexOf('</header>'));
    expect(header.match(new RegExp(` and ${more} more`, 'g'))).toHaveLength(2);
    expect(header.match(/<code>ring\d+<\/code>/g)?.length).toBeLessThan(NAMED_CAPTURES);
    expect(markdownReport(input(many), { ladder: 'none', ladders: new Map() })).toContain(` and ${more} more: `);
  });
});
