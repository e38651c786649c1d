import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/framing-ambiguity.md says the same at length. */
export const META: RuleMeta = {
  id: 'framing-ambiguity',
  severity: 'notice',
  title: 'Messages that a proxy and a server may split differently',
  feels:
    'Mostly nothing; 400 from one product for what another takes, or now and then for what is in order; answers to the wrong request behind a proxy; 502 with "upstream sent invalid header" in nginx’s log, PH-- in HAProxy’s.',
  shows:
    'Content-Length beside Transfer-Encoding, two different Content-Length, a length that is none, a bare LF, a CR without LF, a blank before a colon, a folded line, two Host fields, an HTTP/2 body of another length than declared, bytes behind the end of a message, a refusal right behind a request whose body the server did not read; and answers with these, with a line that is no field or a chunk without a size, that a proxy in front answers with 502.',
  needs: ['http'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'repeated-length': 'The same Content-Length twice says the same.',
    'lost-bytes': 'Bytes of that side were not captured.',
    'other-oddities': 'Oddities that say nothing of where a message ends.',
  },
  limits: [
    'Bodies are not compared with what a second reader would take for one.',
    'TLS without keys shows nothing of it.',
  ],
  references: [
    { title: 'RFC 9112 §11.2 Request Smuggling', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-11.2' },
    { title: 'RFC 9112 §6.3 Message Body Length', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-6.3' },
    { title: 'RFC 9113 §8.1.1 Malformed Messages', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-8.1.1' },
  ],
};
