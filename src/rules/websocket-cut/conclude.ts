/** What the run as a whole says: one finding for each server that cuts WebSockets. */
import type { Confidence, RawFinding, Severity } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, WebsocketCutFacts } from './case.js';
import { caseOf, ownCutsOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { type Cut, isAmidFrames } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { WebsocketCutTally } from './tally.js';
import { evidenceOf, lostOf, summaryOf, titleOf } from './wording.js';

/** So many that agree are no chance (docs/judging.md). */
const ALIKE = 3;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: WebsocketCutTally, conclusion: Conclusion): RawFinding[] {
  const servers = serversOf(tally.servers).map((one) => ({ ...one, own: ownCutsOf(one.tally, tally.legs) }));
  const byAddress = new Map<string, Cut[]>();
  for (const { endpoint, own } of servers)
    byAddress.set(endpoint.address, [...(byAddress.get(endpoint.address) ?? []), ...own.cuts]);
  for (const cuts of byAddress.values()) cuts.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return servers.flatMap(({ endpoint, tally: server, own }) => {
    const subject = caseOf(server, own, byAddress.get(endpoint.address) ?? [], conclusion.observation.endNs);
    if (subject === null) return [];
    const { cuts, first } = subject;
    const who = subjectOf(endpoint, conclusion);
    return [
      findingOn(
        META,
        {
          ...server.cuts,
          endpoint,
          first,
          items: cuts.slice(0, MAX_EVIDENCE),
          count: cuts.length,
          lastNs: cuts.at(-1)?.atNs ?? first.atNs,
          steps: Math.min(...cuts.map(({ steps }) => steps)),
        },
        conclusion,
        who,
        {
          severity: severityOf(subject),
          sure: sureOf(subject),
          title: titleOf(subject, subjectText(who)),
          sentences: summaryOf(subject, endpointText(who)),
          facts: { ...factsOf(subject) },
          hypotheses: weigh(CAUSES, subject),
          remedies: remediesOf(subject),
        },
        (cut) => evidenceOf(cut, subject),
      ),
    ];
  });
}

/** Clients connect again: a warning where they had to, and where something was sent into the end. */
function severityOf({ pattern, cuts, back }: Case): Severity {
  if (pattern === 'one-by-one') return cuts.length >= ALIKE ? 'warning' : 'notice';
  return back.length > 0 || lostOf(cuts) > 0 ? 'warning' : 'notice';
}

/** Never more than likely: a goodbye inside the frames, longer before, is not told from what they carry else. */
function sureOf({ pattern, cuts }: Case): Confidence {
  if (pattern !== 'one-by-one') return 'likely';
  return cuts.length >= ALIKE ? 'likely' : 'possible';
}

function factsOf({ pattern, moments, ageSeconds, cuts, backs, back, webSockets }: Case): WebsocketCutFacts {
  const ages = cuts.map(({ ageNs }) => ageNs);
  return {
    pattern,
    moments,
    ageSeconds,
    lowestAgeNs: Math.min(...ages),
    highestAgeNs: Math.max(...ages),
    amidFrames: cuts.filter(isAmidFrames).length,
    byReset: cuts.filter(({ how }) => how !== 'fin').length,
    seenOnBothLegs: backs.length,
    openedAgain: back.length,
    messagesLost: lostOf(cuts),
    webSocketsOfServer: webSockets,
  };
}
