/** A finding: the argument of one rule at one server, and the figures of the rule. */
import { z } from 'zod';
import { RULE_FACTS } from '../rule-facts.js';
import { address, count, packetNumber, port, severity, time } from './values.js';

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
      .describe('Lines in the component’s own language; null when there is nothing to paste'),
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
    facts: RULE_FACTS[rule].meta({ id: `facts-${rule}`, description: 'The rule’s own figures' }),
  });
}

const describedRules = Object.keys(RULE_FACTS) as DescribedRule[];

/** Of any other rule: its figures are an open object. */
const otherFinding = z.object({
  ...findingCommon,
  rule: z.string().regex(new RegExp(`^(?!(?:${describedRules.join('|')})$)[a-z0-9-]+$`)),
  facts: z.looseObject({}).describe('The rule’s own figures, units in the names'),
});

/** One finding: a line of `pcapdx report --format ndjson`. */
export const findingSchema = z
  .union([...describedRules.map((rule) => describedFinding(rule)), otherFinding])
  .meta({ id: 'finding', title: 'pcapdx finding', description: 'One finding of a report' });
