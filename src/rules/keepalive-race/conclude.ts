/** All findings of a run, in the order of the servers: what each case is, how severe, and what it says. */
import type { Hypothesis, RawFinding, Severity } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import type { Conclusion } from '../rule.js';
import type { Case } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { factsOf } from './facts.js';
import { META } from './meta.js';
import { remediesOf, unexplainedRemedies } from './remedies.js';
import { type KeepaliveRaceTally, racingServers } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: KeepaliveRaceTally, conclusion: Conclusion): RawFinding[] {
  const droppedPackets = conclusion.captures.reduce((sum, { droppedPackets: count }) => sum + (count ?? 0), 0);
  return racingServers(tally).flatMap(({ endpoint, races }) => {
    const subject = caseOf(endpoint, races, tally, conclusion.observation, droppedPackets);
    return subject === null ? [] : [findingOf(subject, conclusion)];
  });
}

function findingOf(subject: Case, { names, reveal }: Conclusion): RawFinding {
  const { endpoint } = subject;
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const hypotheses = hypothesesOf(subject);
  const isUnexplained = hypotheses.every(({ verdict }) => verdict === 'ruled-out');
  const near = [...subject.nearMisses].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return {
    rule: META.id,
    severity: severityOf(subject),
    // That a request was lost is arithmetic; that it was lost to idleness rests on the causes.
    confidence: isUnexplained ? 'possible' : subject.confidence,
    title: titleOf(subject, who, isUnexplained),
    summary: summaryOf(subject, who, isUnexplained),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.incidents[0]?.atNs ?? near[0]?.atNs ?? subject.lastNs,
    lastSeenNs: subject.lastNs,
    facts: { ...factsOf(subject) },
    evidence: evidenceOf(subject, near, reveal),
    hypotheses,
    remedies: isUnexplained ? unexplainedRemedies() : remediesOf(subject),
    references: META.references,
  };
}

/** The causes; where all requests met a reload that leads, whatever the client could have known. */
function hypothesesOf(subject: Case): Hypothesis[] {
  const all = weigh(CAUSES, subject);
  if (subject.kind !== 'reload') return all;
  const isReload = ({ cause }: Hypothesis): boolean => cause === 'worker-recycle';
  return [...all.filter(isReload), ...all.filter((each) => !isReload(each))];
}

/** Critical unless each lost request was seen sent again and answered, or nothing but data in TLS or health checks was lost. */
function severityOf({ kind, retries, occurrences, healthChecks, encrypted, figures }: Case): Severity {
  if (kind === 'predicted' || healthChecks === occurrences || encrypted === occurrences) return 'warning';
  return retries.answered === figures ? 'warning' : 'critical';
}
