/**
 * The contract as zod schemas: the one source of the published JSON Schema, of the types that the
 * reports are written against, and of the tests that hold real output to it.
 *
 * zod takes longer to load than a small capture takes to read, so programs import types alone from
 * here; only `pcapdx schema` and the tests load this file. Objects are open: fields may be added
 * without raising `schemaVersion`.
 */
import { z } from 'zod';
import { comparisonSchema } from './compare/comparison-schema.js';
import { RULE_FACTS } from './rule-facts.js';
import type { SchemaName } from './schema-names.js';

/** Raised when a field is renamed, dropped or changes its meaning. */
const SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
// Whole seconds in 64 bits, as a capture may count them, reach years of twelve digits.
const time = z
  .string()
  .regex(/^[+-]?\d{4,12}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
  .describe('Instant in UTC, nanoseconds written out');
const address = z.string().describe('IPv4 dotted, IPv6 as RFC 5952 writes it');
const port = z.int().min(0).max(65535);
const packetNumber = z.int().positive().describe('frame.number in Wireshark: 1-based within its capture');
const severity = z
  .enum(['critical', 'warning', 'notice'])
  .describe('critical: requests failed; warning: will fail, or failed softly; notice: worth knowing');

const endpoint = z.object({ address, port });

const capture = z.object({
  file: z.string().describe('As the user named it; stdin for standard input'),
  format: z.enum(['pcap', 'pcapng', 'text']).describe('text: what tcpdump, tshark or Wireshark printed'),
  linkTypes: z.array(z.string()).describe('Names of the link types in it, in order of appearance'),
  packets: count,
  bytes: count.describe('Bytes of the file read, after decompression'),
  start: time.nullable().describe('Time of the first packet; null without packets'),
  durationSeconds: z.number().describe('First packet to last'),
  droppedPackets: count
    .nullable()
    .optional()
    .describe('Packets that the capturing kernel or interface dropped; null when the capture does not say'),
  snappedPackets: count.optional().describe('Packets captured shorter than they were'),
  warnings: z.array(z.string()),
});

const captureError = z.object({
  file: z.string(),
  code: z.string().describe('not-found, not-readable, is-directory, empty, not-a-capture, unsupported or damaged'),
  offset: count.nullable().describe('Offset in the (decompressed) file; null when the error has no place'),
  reason: z.string(),
});

const evidence = z
  .object({
    capture: count.describe('Index into captures'),
    stream: count.describe('tcp.stream in Wireshark; with several captures the same count over all of them'),
    displayFilter: z.string().describe('Finds the connection in Wireshark'),
    packets: z.array(
      z.object({
        number: packetNumber,
        time,
        note: z.string(),
        elsewhere: z.literal(true).optional().describe('The packet is not of this connection; absent where it is'),
      }),
    ),
  })
  .meta({ id: 'evidence' });

const hypothesis = z
  .object({
    cause: z.string(),
    verdict: z.enum(['supported', 'ruled-out', 'open']),
    because: z.string().describe('The packet fact that says so'),
  })
  .meta({ id: 'hypothesis' });

const remedy = z
  .object({
    component: z.string(),
    text: z.string(),
    config: z
      .string()
      .nullable()
      .describe("Lines in the component's own language; null when there is nothing to paste"),
  })
  .meta({ id: 'remedy' });

const reference = z.object({ title: z.string(), url: z.string() }).meta({ id: 'reference' });

const subject = z
  .object({
    address,
    port,
    name: z.string().nullable().describe('Host name that clients used for it; null when none was seen'),
  })
  .meta({ id: 'subject' });

const findingCommon = {
  id: z.string().describe('F1, F2, ... in order of rank'),
  consequenceOf: z
    .string()
    .optional()
    .describe(
      'Id of the finding that this one follows from: both tell of one incident. Absent where it stands for itself',
    ),
  severity,
  confidence: z
    .enum(['certain', 'likely', 'possible'])
    .describe('certain: the packets prove it; likely: two independent indications; possible: one, or something unseen'),
  title: z.string(),
  summary: z.string(),
  subject,
  occurrences: count,
  firstSeen: time,
  lastSeen: time,
  evidence: z.array(evidence).describe('The earliest occurrences, at most --max-occurrences'),
  hypotheses: z.array(hypothesis),
  remedies: z.array(remedy),
  references: z.array(reference),
  captures: z.array(z.string()).optional().describe('Names of the captures by index; in NDJSON alone'),
  reveal: z.literal(true).optional().describe('Secrets are shown as sent (--reveal); in NDJSON alone'),
};

type RuleFacts = typeof RULE_FACTS;
/** Rules whose figures are described. */
export type DescribedRule = keyof RuleFacts;
/** The figures of a rule. */
export type FactsOf<R extends DescribedRule> = z.infer<RuleFacts[R]>;

/** The finding of a rule whose figures are described. */
function describedFinding<R extends DescribedRule>(rule: R) {
  return z.object({
    ...findingCommon,
    rule: z.literal(rule),
    facts: RULE_FACTS[rule].meta({ id: `facts-${rule}`, description: "The rule's own figures" }),
  });
}

const describedRules = Object.keys(RULE_FACTS) as DescribedRule[];

/** Of any other rule: its figures are an open object. */
const otherFinding = z.object({
  ...findingCommon,
  rule: z.string().regex(new RegExp(`^(?!(?:${describedRules.join('|')})$)[a-z0-9-]+$`)),
  facts: z.looseObject({}).describe("The rule's own figures, units in the names"),
});

/** One finding: a line of `pcapdx report --format ndjson`. */
export const findingSchema = z
  .union([...describedRules.map((rule) => describedFinding(rule)), otherFinding])
  .meta({ id: 'finding', title: 'pcapdx finding', description: 'One finding of a report' });

const server = z.object({
  address,
  port,
  names: z.array(z.string()).describe('Host names that clients or DNS used for it, most used first'),
  connections: count,
  exchanges: count
    .optional()
    .describe('As pcapdx flows counts them: responses without a request (a 408 on an idle connection) among them'),
  requests: count.optional().describe('Exchanges that have a request'),
  serverErrors: count.optional().describe('Responses with a status of 500 to 599'),
  resets: count.optional().describe('Connections that this server reset'),
  idleTimeoutSeconds: z
    .number()
    .nullable()
    .describe('Idle time after which the server closes; null when there is no sound estimate'),
  idleTimeoutSamples: count.describe('How many closes stand behind the estimate'),
  longestAnsweredIdleSeconds: z
    .number()
    .nullable()
    .optional()
    .describe('Longest idle period that was still answered: the time-out is at least this'),
  statuses: z
    .array(z.object({ status: z.int(), count }))
    .optional()
    .describe('Final responses by status'),
  requestTimeoutSeconds: z
    .number()
    .nullable()
    .optional()
    .describe(
      'Time after which the server gives up a connection without a request; null when there is no sound estimate',
    ),
  requestTimeoutSamples: count.optional(),
  roundTripToServerSeconds: z
    .number()
    .nullable()
    .optional()
    .describe('SYN to SYN-ACK, median: from the capture point to the server'),
  roundTripToClientsSeconds: z.number().nullable().optional().describe('SYN-ACK to ACK, median'),
  timeToFirstByte: z
    .object({
      samples: count,
      p50Seconds: z.number(),
      p95Seconds: z.number(),
      p99Seconds: z.number(),
      maxSeconds: z.number(),
    })
    .nullable()
    .optional()
    .describe("Request's last byte to response's first, percentiles to within 5 %"),
});

const unseen = z.object({
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
  withLostBytes: count.describe('Connections with bytes that the capture lost'),
  snapped: count.describe('Connections with packets captured shorter than they were'),
  openAtEnd: count.describe('Connections still open when the capture ended'),
  evicted: count.describe('Connections given up because too many were open at once'),
  latePackets: count.describe('Packets that came after their connection had been put away'),
  malformedHeaders: z.array(z.object({ name: z.string(), count })).describe('Headers that could not be read, by name'),
  unknownLinkTypes: z.array(z.object({ name: z.string(), packets: count })),
});

const logLine = z.object({
  file: count.describe('Index in logs.files'),
  line: z.int().positive().describe('Line in the file, from 1'),
  time: time.describe('When it was over, by the clock of the log'),
  status: z.int().nullable().describe('What the logger answered; null: nothing, or no HTTP'),
  targetStatus: z.int().nullable().describe('What the server behind it answered; null: nothing, or not in the log'),
  flags: z.string().nullable().describe("HAProxy's termination flags"),
});

const logs = z.object({
  files: z.array(z.object({ file: z.string(), lines: count, unreadable: count, failing: count })),
  clockOffsetSeconds: z
    .number()
    .nullable()
    .describe('Clock of the log less that of the capture; null: could not be told'),
  counts: z
    .object({ tied: count, withoutConnection: count, resetsWithoutLine: count, notCompared: count })
    .describe(
      'All of them, where the lists hold the first; notCompared: failing lines and connections beyond what is kept',
    ),
  tied: z.array(logLine.extend({ stream: count, by: z.enum(['client', 'server', 'address', 'time']) })),
  withoutConnection: z.array(logLine),
  resetsWithoutLine: z.array(z.object({ stream: count, client: endpoint, server: endpoint, time })),
});

/** The document that `pcapdx report --format json` prints. */
export const reportSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    tool: z.object({ name: z.literal('pcapdx'), version: z.string() }),
    reveal: z.boolean().optional().describe('true: secrets are shown as sent (--reveal)'),
    filter: z
      .object({ expression: z.string(), hiddenFindings: count })
      .optional()
      .describe('What chose the findings and servers shown (--filter); without it all are'),
    interrupted: z.boolean().optional().describe('true: reading was stopped by the user'),
    captures: z.array(capture),
    errors: z.array(captureError).optional().describe('Captures, or the rest of them, that could not be read'),
    summary: z.object({
      connections: count,
      exchanges: count,
      findings: z.object({ critical: count, warning: count, notice: count }),
    }),
    findings: z.array(findingSchema),
    servers: z.array(server),
    unseen: unseen.optional().describe('What the captures did not show'),
    rules: z.array(z.string()).optional().describe('Ids of the rules that ran'),
    ruleFailures: z
      .array(z.object({ rule: z.string(), message: z.string() }))
      .optional()
      .describe('Rules that failed; the others still concluded'),
    logs: logs.optional().describe('How the logs of --log and the connections fit together'),
    part: z
      .object({
        share: z.object({ index: z.int().positive(), count: z.int().positive() }).describe('I and N of --shard I/N'),
        rules: z.array(z.string()),
        kept: z
          .string()
          .describe('What pcapdx merge needs, for pcapdx alone; holds what findings may hide, secrets included'),
      })
      .optional()
      .describe('The report is of a part of the connections: pcapdx report --shard'),
  })
  .meta({ title: 'pcapdx report', description: 'What pcapdx report --format json prints' });

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

/** The report document. */
export type ReportDocument = z.infer<typeof reportSchema>;
/** One flow line. */
export type FlowLine = z.infer<typeof flowSchema>;
/** A finding, in a report or on a line of its own. */
export type FindingDocument = ReportDocument['findings'][number];

const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  ...{ report: reportSchema, flows: flowSchema },
  ...{ finding: findingSchema, comparison: comparisonSchema },
};
/** A schema as JSON Schema 2020-12. `io: 'input'` leaves objects open, as the contract does. */
export function jsonSchema(name: SchemaName): object {
  return z.toJSONSchema(SCHEMAS[name], { target: 'draft-2020-12', io: 'input' });
}
