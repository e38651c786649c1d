import { z } from 'zod';

/** The figures of rules/protocol-mismatch. */
export const protocolMismatchFacts = z.object({
  kind: z.enum([
    'tls-to-plain',
    'plain-to-tls',
    'http2-to-http1',
    'http1-to-http2',
    'gateway-to-http',
    'grpc-to-http',
    'proxy-header-unexpected',
    'proxy-header-missing',
  ]),
  answers: z.array(z.string()),
  clients: z.array(z.string()),
  speaksTlsWithOthers: z.boolean(),
});
