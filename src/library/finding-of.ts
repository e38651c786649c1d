import type { DescribedRule, FactsOf } from '../report/schema/finding.js';
import type { FindingDocument } from '../report/schema.js';

/** A finding of this rule, its `facts` typed. */
export type FindingOf<R extends DescribedRule> = FindingDocument & { readonly rule: R; readonly facts: FactsOf<R> };

/**
 * Whether a finding is of this rule of the catalogue; its `facts` are typed then.
 *
 * @example
 * if (isFindingOf(finding, 'keepalive-race')) console.log(finding.facts.idleTimeoutSeconds);
 */
export function isFindingOf<R extends DescribedRule>(finding: FindingDocument, rule: R): finding is FindingOf<R> {
  return finding.rule === rule;
}
