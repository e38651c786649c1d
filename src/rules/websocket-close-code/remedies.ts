/** What to change (docs/rules/websocket-close-code.md). */
import { OPPOSITE } from '../../facts/endpoint.js';
import type { Remedy } from '../../facts/finding.js';
import type { Case } from './case.js';
import { TOO_BIG } from './codes.js';

/** The remedies that fit. */
export function remediesOf({ about, by, code, isPingTimeout }: Case): Remedy[] {
  const other = OPPOSITE[by];
  if (isPingTimeout)
    return [
      {
        component: other,
        text: 'Answer Pings while busy, too: what computes for long, or waits without yielding, keeps the loop that answers them from running. A phone or a page in the background sleeps: let it connect again.',
        config: null,
      },
      {
        component: by,
        text: 'Or wait longer for the Pong.',
        config:
          '# Python websockets\nwebsockets.serve(handler, host, port, ping_interval=20, ping_timeout=60)\n# uvicorn\nuvicorn --ws-ping-interval 20 --ws-ping-timeout 60 app:app',
      },
    ];
  switch (about) {
    case 'own-failure':
      return [
        {
          component: by === 'server' ? 'application' : 'client',
          text: 'It says itself that it failed: its log has the exception, the limit or the server behind that it did not reach.',
          config: null,
        },
        {
          component: 'client',
          text: 'Open it again with a delay that is random and grows: who has no room has less if all come back at once.',
          config: 'socket.onclose = () => setTimeout(connect, delay * (0.5 + Math.random()));',
        },
      ];
    case 'message':
      return code === TOO_BIG
        ? [
            {
              component: other,
              text: 'Send messages that are smaller, several in place of one.',
              config: null,
            },
            {
              component: by,
              text: 'Or take larger ones: by default ws takes 100 MiB, Tomcat 8 KB, Jetty, and STOMP of Spring, 64 KB, Python websockets 1 MiB.',
              config:
                '// ws\nnew WebSocketServer({ port, maxPayload: 200 * 2 ** 20 });\n// Jakarta WebSocket\nsession.setMaxTextMessageBufferSize(1 << 20);\n# Python websockets\nwebsockets.serve(handler, host, port, max_size=16 * 2**20)',
            },
          ]
        : [{ component: other, text: 'Send what is expected: text in UTF-8, or binary messages.', config: null }];
    case 'frames':
      return [
        {
          component: other,
          text: 'Something writes frames that break RFC 6455: two writers of one socket, a proxy that does not know the upgrade, compression that one side alone agreed to.',
          config: null,
        },
      ];
    case 'policy':
      return [
        {
          component: other,
          text: 'Log in again before opening another; where messages are limited in number, send fewer.',
          config: null,
        },
      ];
    default: {
      const never: never = about;
      return never;
    }
  }
}
