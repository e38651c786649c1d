import type { Finding } from '../facts/finding.js';
import type { Redaction } from '../text/redaction.js';

/**
 * A finding for showing: what stands in its words and figures and is a secret by its form is hidden.
 *
 * Rules hide what they know to be a secret themselves (text/redaction's `targetText`). This is for what
 * nobody thought of: a header in a note of an own rule, a token in a server's words of farewell. Lines to
 * paste come from the rule alone and stay.
 */
export function redactedFinding(finding: Finding, redaction: Redaction): Finding {
  if (redaction.reveal) return finding;
  const text = (captured: string) => redaction.text(captured);
  return {
    ...finding,
    title: text(finding.title),
    summary: text(finding.summary),
    facts: Object.fromEntries(Object.entries(finding.facts).map(([name, value]) => [name, redactedDeep(value, text)])),
    evidence: finding.evidence.map((occurrence) => ({
      ...occurrence,
      packets: occurrence.packets.map((packet) => ({ ...packet, note: text(packet.note) })),
    })),
    hypotheses: finding.hypotheses.map((hypothesis) => ({ ...hypothesis, because: text(hypothesis.because) })),
    remedies: finding.remedies.map((remedy) => ({ ...remedy, text: text(remedy.text) })),
  };
}

function redactedDeep(value: unknown, text: (captured: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((inner) => redactedDeep(inner, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), redactedDeep(inner, text)]));
}
