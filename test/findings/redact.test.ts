import { expect, it } from 'vitest';
import { redactedFinding } from '../../src/findings/redact.js';
import { Redaction, UNSALTED } from '../../src/text/redaction.js';
import { occurrence, resetFinding } from '../report/analyses.js';

const LINE = 'got Authorization: Bearer s3cret-99';
const HIDDEN_LINE = 'got Authorization: Bearer …9';

const telling = resetFinding({
  title: LINE,
  summary: LINE,
  facts: { said: LINE, list: [{ [LINE]: LINE, count: 3, none: null }] },
  evidence: [occurrence(3, 6, { packets: [{ packet: 6, atNs: 0, note: LINE }] })],
  hypotheses: [{ cause: 'timeout', verdict: 'open', because: LINE }],
  remedies: [{ component: 'host', text: LINE, config: LINE }],
});

it('hides secrets in the words and figures of a finding, and leaves the lines to paste', () => {
  const text = JSON.stringify({ ...redactedFinding(telling, UNSALTED), remedies: [] });
  expect(text).not.toContain('s3cret');
  expect(text.split(HIDDEN_LINE)).toHaveLength(8);
  expect(redactedFinding(telling, UNSALTED).remedies).toEqual([{ component: 'host', text: HIDDEN_LINE, config: LINE }]);
});

it('changes nothing where there is nothing to hide, or where the user wants to see it', () => {
  expect(redactedFinding(resetFinding(), UNSALTED)).toEqual(resetFinding());
  expect(redactedFinding(telling, new Redaction(true, null))).toBe(telling);
});
