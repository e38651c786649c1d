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
import { capture, captureError } from './schema/capture.js';
import { findingSchema } from './schema/finding.js';
import { flowSchema } from './schema/flow.js';
import { logs } from './schema/logs.js';
import { server } from './schema/server.js';
import { unseen } from './schema/unseen.js';
import { count } from './schema/values.js';
import type { SchemaName } from './schema-names.js';

/** Raised when a field is renamed, dropped or changes its meaning. */
const SCHEMA_VERSION = 1;

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

/** The report document. */
export type ReportDocument = z.infer<typeof reportSchema>;
/** One flow line. */
export type FlowLine = z.infer<typeof flowSchema>;
/** A finding, in a report or on a line of its own. */
export type FindingDocument = z.infer<typeof findingSchema>;

const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  ...{ report: reportSchema, flows: flowSchema },
  ...{ finding: findingSchema, comparison: comparisonSchema },
};

/** A schema as JSON Schema 2020-12. `io: 'input'` leaves objects open, as the contract does. */
export function jsonSchema(name: SchemaName): object {
  return z.toJSONSchema(SCHEMAS[name], { target: 'draft-2020-12', io: 'input' });
}
