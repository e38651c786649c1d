import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/expect-continue-stall.md says the same at length. */
export const META: RuleMeta = {
  id: 'expect-continue-stall',
  severity: 'warning',
  title: 'Uploads wait for a 100 (Continue) that does not come',
  feels: 'Each upload takes a second longer than it should (curl), or a third of one (.NET); with browsers it is fast.',
  shows:
    'A request with Expect: 100-continue, its head alone, then a pause of 0.3 to 10 s, then its body, and no 100 (Continue) between.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    continued: 'The server says 100.',
    'answered-first': 'The server answers before the body: it does not want it.',
    'no-pause': 'The client sends the body at once.',
    'lost-continue': 'Bytes of the server were lost to the capture: the 100 may have been among them.',
    'slow-body': 'A pause without Expect is the client’s own.',
  },
  limits: ['The pause is the longest of the request: where its body stalled for longer still, that is told.'],
  references: [
    { title: 'RFC 9110 §10.1.1 Expect', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1' },
    {
      title: 'curl: CURLOPT_EXPECT_100_TIMEOUT_MS',
      url: 'https://curl.se/libcurl/c/CURLOPT_EXPECT_100_TIMEOUT_MS.html',
    },
  ],
};
