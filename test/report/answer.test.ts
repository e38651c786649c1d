import { describe, expect, it } from 'vitest';
import { answerAmong, captureCaveat } from '../../src/report/answer.js';
import { htmlReport } from '../../src/report/html/page.js';
import { markdownReport } from '../../src/report/markdown/markdown.js';
import { failedAnalysis, input, resetFinding } from './analyses.js';
import { overviewOf } from './html/overviews.js';

const answer = resetFinding({ id: 'F2' });
const ofTheCapture = resetFinding({
  id: 'F1',
  rule: 'capture-quality',
  severity: 'notice',
  title: 'The capture lacks the ends of packets',
});

describe('the answer', () => {
  it('is the first finding that tells of what failed', () => {
    expect(answerAmong([ofTheCapture, answer])).toBe(answer);
    expect(answerAmong([answer, ofTheCapture])).toBe(answer);
  });

  it('is what the capture lacks where there is nothing else, and none where nothing was found', () => {
    expect(answerAmong([ofTheCapture])).toBe(ofTheCapture);
    expect(answerAmong([])).toBeUndefined();
  });

  it('of an incomplete capture is said with what is missing, unless that comes first anyway', () => {
    const behind = { ...ofTheCapture, id: 'F2' };
    const caveat = 'The capture lacks the ends of packets (F2): findings that rest on it are less sure, or left out.';
    expect(captureCaveat([answer, behind])).toBe(caveat);
    expect(captureCaveat([ofTheCapture, answer])).toBeNull();
    expect(captureCaveat([answer])).toBeNull();
    const report = input(failedAnalysis({ findings: [answer, behind] }));
    expect(markdownReport(report, { ladders: new Map(), ladder: 'none' })).toContain(`> ${caveat}`);
    expect(htmlReport(report, { ladders: new Map(), overview: overviewOf(1) })).toContain(`<p>${caveat}</p>`);
  });

  it('heads a page and a ticket', () => {
    const report = input(failedAnalysis({ findings: [ofTheCapture, answer] }));
    const [heading] = markdownReport(report, { ladders: new Map(), ladder: 'none' }).split('\n');
    expect(heading).toMatch(/^## 10\.0\.1\.43:80 .*\(and 1 more\)$/);
    const page = htmlReport(report, { ladders: new Map(), overview: overviewOf(1) });
    expect(page).toMatch(/<h1>10\.0\.1\.43:80 /);
  });
});
