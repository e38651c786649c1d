import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/facts/finding.js';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { MAX_MARKDOWN, markdownReport } from '../../../src/report/markdown/markdown.js';
import type { ReportInput } from '../../../src/report/report-input.js';
import { failedAnalysis, quietAnalysis, input as reportInput, resetFinding } from '../analyses.js';
import { resetConversation } from '../ladder/details.js';

const NONE = { ladder: 'none', ladders: new Map() } as const;
const finding = resetFinding();
const input = reportInput(failedAnalysis({ findings: [finding] }));

describe('the report for a ticket', () => {
  it('says first what failed, then how it is known, how it is mended, and where to look', () => {
    const text = markdownReport(input, NONE);
    const order = [
      finding.id,
      '| cause | verdict | because |',
      '**Change**',
      '| packet | after `#6` |',
      'Find it in Wireshark',
      '### Servers',
    ];
    const places = order.map((words) => text.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text.split('\n')[0]).toContain(finding.subject.address);
  });

  it('names the packet that times count from where there are others', () => {
    const evidence = finding.evidence.map((one) => ({ ...one, packets: one.packets.slice(0, 1) }));
    const text = markdownReport(reportInput(failedAnalysis({ findings: [{ ...finding, evidence }] })), NONE);
    expect(text).toContain('| packet | after | `tcp.stream eq 3` |\n|---|--:|---|\n| `#6` |  |');
    expect(markdownReport(input, NONE)).toContain('| packet | after `#6` | `tcp.stream eq 3` |');
  });

  it('draws the conversation as asked', () => {
    const ladders = new Map([[finding.id, ladderOf(resetConversation(), { reveal: false })]]);
    expect(markdownReport(input, { ladder: 'mermaid', ladders })).toContain('```mermaid\nsequenceDiagram\n');
    const text = markdownReport(input, { ladder: 'text', ladders });
    expect(text).toContain('━ RST ━');
    expect(text).not.toContain('mermaid');
    expect(markdownReport(input, { ladder: 'none', ladders })).not.toMatch(/RST ━|mermaid/);
  });

  it('is inert whatever the captured text is', () => {
    const hostile = '</details>\u001b[31m|`@everyone` <img src=x onerror=alert(1)> ](javascript:x) ```\u202e';
    const told: Finding = {
      ...finding,
      title: hostile,
      summary: hostile,
      hypotheses: [{ cause: 'c', verdict: 'open', because: hostile }],
      remedies: [{ component: 'host', text: hostile, config: `${hostile}\n\`\`\`\`` }],
      evidence: finding.evidence.map((one) => ({
        ...one,
        packets: one.packets.map((packet) => ({ ...packet, note: hostile })),
      })),
    };
    const text = markdownReport(reportInput(quietAnalysis({ findings: [told] })), NONE);
    for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
    const outsideCode = text.replaceAll(/(`{3,})[\s\S]*?\n *\1/g, '').replaceAll(/(`+)[^`][\s\S]*?\1/g, '');
    expect(outsideCode).not.toMatch(/(?<!\\)<(?!details|\/details|summary|\/summary|sub|\/sub|https)/);
    expect(outsideCode).not.toContain('@everyone');
    expect(text.match(/^<\/details>$/gm)).toHaveLength(1);
  });

  it('stays within what a ticket takes, and says what it leaves out', () => {
    const long: Finding = {
      ...finding,
      summary: 'word '.repeat(400),
      evidence: Array.from({ length: 20 }, () => finding.evidence).flat(),
    };
    const many: ReportInput = {
      ...reportInput(
        quietAnalysis({ findings: Array.from({ length: 60 }, (_, index) => ({ ...long, id: `F${index + 1}` })) }),
      ),
      maxOccurrences: 20,
    };
    const text = markdownReport(many, NONE);
    expect(text.length).toBeLessThanOrEqual(MAX_MARKDOWN);
    expect(text).toMatch(/\*\*\d+ more findings\*\* are left out/);
    expect(markdownReport({ ...input, maxOccurrences: 0 }, NONE)).toContain('more occurrence');
  });

  it('says so where secrets are shown, and where nothing was found', () => {
    expect(markdownReport({ ...input, reveal: true }, NONE)).toContain('**Secrets shown**');
    expect(markdownReport(reportInput(quietAnalysis()), NONE)).toContain('## Nothing found');
  });
});
