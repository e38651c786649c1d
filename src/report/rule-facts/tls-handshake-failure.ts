import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/tls-handshake-failure. */
export const tlsHandshakeFailureFacts = z.object({
  sign: z
    .enum(['alert', 'shape', 'dropped', 'silent', 'answer', 'unused', 'left', 'unchosen'])
    .describe(
      'alert: read; shape: told by record lengths; dropped: the same, of a server that had taken the handshake; silent: closed without one; answer: HTTP 400 says it; unused: the client closes at the end of a handshake that went well, and tells its own client that it failed; left: the client leaves upon a certificate with a flaw; unchosen: it offers HTTP/2 alone, and leaves as soon as the handshake is done',
    ),
  from: z.enum(['client', 'server']),
  alert: count.nullable(),
  alertName: z.string().nullable(),
  handshakesOfServer: count,
  succeeded: count,
  serverNames: z.array(z.string()),
  withoutServerName: count.describe('Of the occurrences kept'),
  offeredAlpn: z.array(z.string()),
  offeredVersions: z.array(z.string()),
  clients: z.array(z.string()),
  clientsThatSucceededLater: count.describe('With the same server name'),
  clientCertificate: z.enum(['sent', 'empty', 'probably-empty']).nullable(),
  serverCertificate: z
    .object({ subject: z.string(), issuer: z.string(), notAfter: z.string().nullable(), chain: count })
    .nullable(),
  requestsLost: count.describe('Of the occurrences kept'),
});
