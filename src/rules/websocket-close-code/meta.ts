import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/websocket-close-code.md says the same at length. */
export const META: RuleMeta = {
  id: 'websocket-close-code',
  severity: 'warning',
  title: 'A WebSocket is closed for a failure',
  feels:
    'Close code 1011, 1013, 1009 or 1002 in the browser; pages that connect again and again; "WebSocket closed with status 1011 (internal error)".',
  shows:
    'The first Close frame of a WebSocket bears a code which says that something failed: 1002, 1003, 1007 to 1011, 1013 or 1014.',
  needs: ['http.webSockets'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'leave-taking': '1000, 1001, 1012 or no code: a side takes its leave, as it should.',
    'own-codes': '3000 to 4999: what they mean the application alone knows.',
    'no-close-frame': 'It ends without a Close frame: websocket-cut, websocket-idle-close.',
  },
  limits: [
    'TLS without keys shows no frames.',
    'What went wrong stands in the log of who closed; the reason in the frame is shown with --reveal alone.',
    'What a proxy hands on is told where it was said first, where both legs were captured.',
  ],
  references: [
    { title: 'RFC 6455 §7.4.1 Defined Status Codes', url: 'https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1' },
    {
      title: 'IANA: WebSocket Close Code Number Registry',
      url: 'https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number',
    },
  ],
};
