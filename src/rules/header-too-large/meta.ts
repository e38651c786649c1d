import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/header-too-large.md says the same at length. */
export const META: RuleMeta = {
  id: 'header-too-large',
  severity: 'critical',
  title: 'A head is larger than somebody’s buffer',
  feels:
    '431, 414, "400 Request Header Or Cookie Too Large", for some users only, until they clear their cookies; nginx: 502 and "upstream sent too big header while reading response header".',
  shows:
    'A request with a head of 4 KB and more that is answered 431 or 414, or with one of 7.5 KB and more, in which nothing else is wrong, answered 400 by a server that hangs up with it, or that answers the same with smaller heads; or a response with such a head, and 502 to the client in front at that moment.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'bad-request':
      'A 400 for another reason: the head is small, or has another fault, or small ones are refused as well, or larger ones are answered.',
    'slow-head': 'The head stood unfinished for more than a second, or its client ended amid it.',
    'large-body': '413: the body is too large.',
    'large-and-fine': 'A large head that is answered, and no 502 in front.',
    'health-check': 'The request is a health check.',
  },
  limits: [
    'Which field is the large one is not kept: their values are not looked at.',
    'In HTTP/2 heads are compressed: only 431 and 414 tell.',
    'A server that closes without an answer is told by other rules.',
  ],
  references: [
    {
      title: 'RFC 6585 §5 431 Request Header Fields Too Large',
      url: 'https://www.rfc-editor.org/rfc/rfc6585#section-5',
    },
    { title: 'RFC 9110 §15.5.15 414 URI Too Long', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.15' },
    {
      title: 'nginx: proxy_buffer_size',
      url: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size',
    },
  ],
};
