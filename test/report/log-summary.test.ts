import { describe, expect, it } from 'vitest';
import type { LogTie } from '../../src/findings/log-tie.js';
import type { LogLine } from '../../src/log/log-line.js';
import { logsSection } from '../../src/report/html/logs.js';
import { logSentences, tiedRows } from '../../src/report/log-summary.js';
import { logSection } from '../../src/report/markdown/log-section.js';
import { ORIGIN } from './analyses.js';

const LINE: LogLine = {
  format: 'alb',
  startNs: ORIGIN,
  endNs: ORIGIN,
  precisionNs: 1,
  client: null,
  server: null,
  status: 502,
  targetStatus: null,
  unanswered: true,
  flags: null,
  method: 'GET',
  target: '/secret?token=1',
};
const reset = {
  stream: 9,
  endNs: 0,
  client: { address: '10.0.0.1', port: 4001 },
  server: { address: '10.0.1.43', port: 80 },
};

function logs(tied: number): LogTie {
  return {
    files: [{ file: 'front|<b>.log', lines: tied + 3, unreadable: 2, failing: tied + 1 }],
    offsetNs: 1_500_000_000n,
    tied: Array.from({ length: tied }, (_, at) => ({
      file: 0,
      number: at + 1,
      line: LINE,
      stream: at,
      by: 'client' as const,
    })),
    withoutConnection: [{ file: 0, number: 99, line: LINE }],
    resetsWithoutLine: [reset as LogTie['resetsWithoutLine'][number]],
    notCompared: 4,
  };
}

describe('what logs add to a report', () => {
  it('are sentences with figures, and lines with their connections', () => {
    expect(logSentences(logs(17), ORIGIN)).toEqual([
      {
        label: 'LOG',
        text: '17 of 18 failing lines tied to their connections; its clock 1.50 s ahead of the capture’s.',
      },
      { label: 'No connection', text: '1 failing line: front|<b>.log:99 (502 -).' },
      { label: 'No line', text: '1 reset: stream 9 (10.0.0.1:4001 to 10.0.1.43:80).' },
      { label: 'Not read', text: '2 lines of no known format.' },
      { label: 'Not compared', text: '4 failures beyond what is kept.' },
    ]);
    expect(tiedRows(logs(17), 2)).toEqual([
      { place: 'front|<b>.log:1', outcome: '502 -', stream: 0 },
      { place: 'front|<b>.log:2', outcome: '502 -', stream: 1 },
    ]);
    expect(logSentences({ ...logs(1), offsetNs: null }, ORIGIN)[0]?.text).toContain('could not be brought together');
    expect(logSentences(logs(1), 5n)[0]?.text).toContain('the capture has no date');
  });

  it('stand in Markdown as in text, the tied lines as a table', () => {
    const blocks = logSection(logs(25), ORIGIN).join('\n\n');
    expect(blocks).toContain('### Log');
    expect(blocks).toContain('tied to their connections');
    expect(blocks.match(/\| `tcp\.stream eq \d+` \|/g)).toHaveLength(20);
    expect(blocks).toContain('… 5 more');
    expect(blocks).toContain('**No connection**: ');
    expect(blocks).toContain('**Not compared**: ');
    expect(blocks).not.toContain('token');
    expect(logSection({ ...logs(0), withoutConnection: [] }, ORIGIN).join()).not.toContain('| line |');
  });

  it('stand in HTML likewise, without markup of theirs', () => {
    const html = logsSection(logs(201), ORIGIN);
    expect(html).toContain('<h2 id="log-title">Log</h2>');
    expect(html.match(/<tr><td>/g)).toHaveLength(200);
    expect(html).toContain('… 1 more');
    expect(html).toContain('<b>No line</b>: 1 reset: stream 9');
    expect(html).not.toContain('<b>.log');
    expect(html).not.toContain('token');
    expect(logsSection(logs(0), ORIGIN)).not.toContain('<table');
  });
});
