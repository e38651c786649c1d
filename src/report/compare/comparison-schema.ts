/** What `pcapdx compare --format json` prints, as a zod schema: like report/schema.ts, loaded only where it is needed. */
import { z } from 'zod';

const count = z.int().nonnegative();

const interval = {
  value: z.number(),
  low: z.number().describe('Lower end of the 95 % interval'),
};

const run = z.object({
  captures: z.array(z.string()),
  version: z.string().describe('Of the pcapdx that made the report'),
  connections: count,
  durationSeconds: z.number(),
});

const side = z.object({
  findings: z.array(z.string()).describe('Ids in the report; none: not found'),
  occurrences: count,
  connections: count.describe('Of the server; 0: it was not seen'),
  rate: z
    .object({ ...interval, high: z.number() })
    .nullable()
    .describe('Occurrences per connection'),
  isOneEvent: z.boolean().describe('All within a tenth of the time: judged as one occurrence'),
});

/** The document that `pcapdx compare --format json` prints. */
export const comparisonSchema = z
  .object({
    schemaVersion: z.literal(1),
    tool: z.object({ name: z.literal('pcapdx'), version: z.string() }),
    verdict: z
      .enum(['mended', 'partly-mended', 'mixed', 'not-mended', 'worse', 'undecided', 'nothing-found'])
      .describe('mixed: something is better and something worse; undecided: too little was seen'),
    before: run,
    after: run,
    findings: z
      .array(
        z.object({
          change: z.enum(['new', 'more-frequent', 'same', 'undecided', 'rarer', 'gone']),
          because: z.string(),
          ratio: z
            .object({ ...interval, high: z.number().nullable().describe('null: there is no upper end') })
            .nullable()
            .describe(
              'Rate after as a multiple of the rate before; null: there was none before, or occurrences are judged as one',
            ),
          chance: z.number().nullable().describe('Chance of such a split if the rate had stayed; null: not compared'),
          connectionsNeeded: count
            .nullable()
            .describe('Connections without an occurrence that would tell; null where that is not the question'),
          rule: z.string(),
          kind: z.string().nullable().describe('facts.kind of rules that tell kinds apart'),
          severity: z.enum(['critical', 'warning', 'notice']),
          title: z.string(),
          subject: z.object({ address: z.string(), port: z.int(), name: z.string().nullable() }),
          addressAfter: z.string().describe('Another where the server moved and kept its name'),
          before: side,
          after: side,
        }),
      )
      .describe('The worst first'),
    reveal: z.literal(true).optional().describe('One of the reports shows secrets as sent (--reveal)'),
    cautions: z.array(z.string()).describe('What makes the two less comparable than they look'),
  })
  .meta({ title: 'pcapdx comparison', description: 'What pcapdx compare --format json prints' });

/** The comparison document. */
export type ComparisonDocument = z.infer<typeof comparisonSchema>;
