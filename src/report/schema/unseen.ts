/** What the captures did not show. */
import { z } from 'zod';
import { count } from './values.js';

/** How much of the traffic could not be judged, and why. */
export const unseen = z.object({
  legsBehind: z
    .array(
      z.object({
        address: z.string(),
        port: count,
        statuses: z.array(z.object({ status: count, count })),
        first: z.object({ capture: count, number: count }).describe('Packet of the first of these answers'),
      }),
    )
    .optional()
    .describe(
      'Proxies that answered 502 or 504, where neither the leg behind a proxy was captured nor a finding tells why',
    ),
  midStream: count.describe('Connections that began before the capture'),
  encrypted: count.describe('TLS connections of which nothing was decrypted'),
  tls: z
    .object({
      connections: count.describe('With TLS in which something protected was sent'),
      decrypted: count.describe('Opened, wholly or in part'),
      decryptedInPart: count,
      undecrypted: z.array(
        z.object({ cause: z.enum(['no-key', 'wrong-key', 'unsupported', 'no-hello']), connections: count }),
      ),
    })
    .optional()
    .describe('How far keys opened TLS'),
  quic: z
    .object({
      connections: count.describe('QUIC connections whose ClientHello was read'),
      names: z.array(z.object({ name: z.string(), connections: count, alpn: z.array(z.string()) })),
    })
    .optional()
    .describe('Names that were asked for over QUIC (HTTP/3), which is not judged'),
  oneSided: count.describe('Connections of which one side alone was captured'),
  unread: count.describe('Connections that speak neither HTTP nor TLS, nor anything else that is read'),
  withLostBytes: count.describe('Connections with bytes that the capture lost'),
  snapped: count.describe('Connections with packets captured shorter than they were'),
  openAtEnd: count.describe('Connections still open when the capture ended'),
  evicted: count.describe('Connections given up because too many were open at once'),
  latePackets: count.describe('Packets that came after their connection had been put away'),
  malformedHeaders: z.array(z.object({ name: z.string(), count })).describe('Headers that could not be read, by name'),
  unknownLinkTypes: z.array(z.object({ name: z.string(), packets: count })),
});
