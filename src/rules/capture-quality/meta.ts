import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/capture-quality.md says the same at length. */
export const META: RuleMeta = {
  id: 'capture-quality',
  severity: 'notice',
  title: 'The capture lacks what findings need',
  feels: 'Findings that are "possible" where more was hoped for, or none where something surely failed.',
  shows:
    'At least half of the connections with bytes that are missing, one direction only, packets cut short, or begun before the capture; or a clock that went back.',
  needs: [],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'some-only': 'Few connections lack something: each finding takes it into account.',
    'never-arrived': 'Bytes that the receiver did not get, either: it acknowledges nothing of them.',
    'short-capture': 'Connections still open at its end are no flaw of a capture.',
  },
  limits: ['What a filter left out as a whole cannot be known from what is there.'],
  references: [
    { title: 'tcpdump(1): -s, -B, packets dropped by kernel', url: 'https://www.tcpdump.org/manpages/tcpdump.1.html' },
    { title: 'RFC 9293 §3.4 Sequence Numbers', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.4' },
  ],
};
