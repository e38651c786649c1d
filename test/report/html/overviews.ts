import type { Overview } from '../../../src/facts/overview.js';
import type { ReportInput } from '../../../src/report/report-input.js';
import { failedAnalysis, input, resetFinding } from '../analyses.js';

/** Tries what text in a page can try. */
export const HOSTILE =
  '</script></title><img src=x onerror="window.hacked=1;alert(1)"><script>window.hacked=1;alert(1)</script>\'"--><svg onload=alert(1)>{{7*7}}';

/** Connections in a row. */
export function overviewOf(count: number, name: string | null = 'a.example'): Overview {
  const connections = Array.from({ length: count }, (_, stream) => ({
    stream,
    startNs: stream * 1_000_000,
    durationNs: 5_000_000,
    client: `10.0.${(stream >> 8) & 255}.${stream & 255}:${40_000 + (stream % 20_000)}`,
    server: '10.0.1.43:80',
    name,
    protocol: 'http/1.1' as const,
    requests: 1 + (stream % 7),
    unanswered: stream % 3 === 0 ? 1 : 0,
    worstStatus: stream % 5 === 0 ? 502 : 200,
    close: 'rst' as const,
    resetBy: 'server' as const,
    bytes: stream * 17,
  }));
  return {
    timeline: { widthNs: 1_000_000_000, requests: [4, 0, 9, 2], failed: [0, 0, 3, 0] },
    connections,
    leftOut: 0,
  };
}

/** An analysis in which every captured text is hostile. */
export function hostileInput(): ReportInput {
  const finding = resetFinding();
  const analysis = failedAnalysis();
  return input({
    ...analysis,
    captures: analysis.captures.map((capture) => ({ ...capture, file: HOSTILE, warnings: [HOSTILE] })),
    servers: analysis.servers.map((server) => ({ ...server, names: [HOSTILE] })),
    ruleFailures: [{ rule: 'x', message: HOSTILE }],
    findings: [
      {
        ...finding,
        title: HOSTILE,
        summary: HOSTILE,
        subject: { ...finding.subject, name: HOSTILE },
        hypotheses: [{ cause: HOSTILE, verdict: 'supported', because: HOSTILE }],
        remedies: [{ component: HOSTILE, text: HOSTILE, config: HOSTILE }],
        references: [{ title: HOSTILE, url: `javascript:alert(1)//${HOSTILE}` }],
        evidence: finding.evidence.map((one) => ({
          ...one,
          packets: one.packets.map((packet) => ({ ...packet, note: HOSTILE })),
        })),
      },
    ],
  });
}
