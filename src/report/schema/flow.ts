/** One connection, as `pcapdx flows` prints it. */
import { z } from 'zod';
import { count, endpoint, packetNumber, time } from './values.js';

const exchange = z.object({
  h2Stream: count.nullable().describe('HTTP/2 stream; null in HTTP/1'),
  method: z.string().nullable().describe('null: a response that no request asked for; with a requestPacket: not known'),
  target: z
    .string()
    .nullable()
    .describe(
      'The request target as sent, its query too; of a token in it length and a hash of this run (…43:9f2c1a) unless reveal',
    ),
  authority: z.string().nullable(),
  status: z
    .int()
    .nullable()
    .describe('Of the final response; null: none was seen, or with a responsePacket: not known'),
  requestPacket: packetNumber.nullable(),
  responsePacket: packetNumber.nullable(),
});

/** One line that `pcapdx flows --format ndjson` prints. */
export const flowSchema = z
  .object({
    stream: count.describe('tcp.stream in Wireshark'),
    communityId: z.string().describe('Community ID, version 1, seed 0'),
    client: endpoint.describe('Sender of the first SYN, else as ports and bytes say'),
    server: endpoint,
    start: time,
    durationSeconds: z.number().describe('First packet to last'),
    packets: z.object({ client: count, server: count }),
    bytes: z.object({ client: count, server: count }).describe('TCP payload, retransmissions included'),
    handshake: z.enum(['complete', 'partial', 'none']),
    close: z.enum(['fin', 'rst', 'open']),
    resetBy: z.enum(['client', 'server']).nullable(),
    tls: z
      .object({
        sni: z.string().nullable(),
        alpnOffered: z.array(z.string()),
        alpnSelected: z.string().nullable(),
        version: z.string().nullable(),
        decrypted: z.boolean(),
        cipherSuite: z.string().nullable().optional(),
        decryption: z
          .enum(['nothing-protected', 'whole', 'partial', 'no-key', 'wrong-key', 'unsupported', 'no-hello'])
          .optional()
          .describe('How far keys opened it, or why they did not'),
        resumption: z.enum(['full', 'session-id', 'ticket', 'psk']).nullable().optional(),
        ech: z
          .boolean()
          .optional()
          .describe(
            'The ClientHello carries Encrypted Client Hello, real or GREASE, and nothing shows that the server left it aside: sni may be the outer name alone',
          ),
        alerts: z
          .array(
            z.object({
              from: z.enum(['client', 'server']),
              packet: packetNumber,
              name: z.string().nullable().describe('null: encrypted'),
              level: z.enum(['warning', 'fatal']).nullable(),
              basis: z
                .enum(['clear', 'decrypted', 'encrypted', 'shape'])
                .describe('encrypted: known by its type; shape: a record of its length at the end, probably one'),
            }),
          )
          .optional(),
      })
      .nullable(),
    protocol: z.enum(['http/1.1', 'h2', 'websocket', 'tls', 'unknown']),
    exchanges: z.array(exchange).describe('In order of the request'),
    reveal: z.literal(true).optional().describe('Secrets are shown as sent (--reveal)'),
  })
  .meta({ title: 'pcapdx flow', description: 'One line of pcapdx flows --format ndjson: one TCP connection' });
