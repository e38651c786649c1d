/** Signs that another hand than the server's wrote the reset, and that it writes some such: what a filter goes by. */
import { sharedText } from '../argument/attribute-text.js';
import { type Claim, claim } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { stillWaits } from '../judgements/forger-place.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import type { Case, CaseTest } from './case.js';
import { resetText, testText } from './test-text.js';

/** What block lists and signatures are keyed by. */
const BLOCKLISTED: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'client-address',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'forwarded',
  'suspicious-query',
  'user-agent',
  'path',
  'path-prefix',
  'method',
  'body-size',
  'head-size',
]);

/** Whether block lists and signatures go by that attribute. */
export function isBlockListed(attribute: string): boolean {
  return BLOCKLISTED.has(attribute);
}

const HELD_BACK =
  'the server sends its SYN-ACK again, so it got neither the ACK of the handshake nor the request: they are held back on their way';

const PLACES: Readonly<Record<Case['place'], string>> = {
  'inline-on-host':
    'the RST stands at the start of the request, so its writer swallowed the request: it sits inline on this host (likely)',
  'inline-mid-path':
    'the RST stands at the start of the request, so its writer swallowed the request: it sits inline between the hosts (likely)',
  'passive-sensor': 'the request went through all the same: its writer only listens and races the server',
  unknown: '',
};

/** The positive tests, each reset named once. */
export function foreignHand(subject: Case): string[] {
  let last: CaseTest | null = null;
  const texts: string[] = [];
  for (const test of subject.tests) {
    if (test.result !== 'positive') continue;
    const text = testText(test, subject);
    const isSame = last !== null && last.packet === test.packet;
    texts.push(isSame ? text.replace(resetText(test), 'it') : text);
    last = test;
  }
  return texts;
}

/** What the reset requests share is something that block lists and signatures are keyed by. */
export function blockListed({ attribute, incident, refusals }: Case): Claim | null {
  if (attribute === null || !isBlockListed(attribute.name)) return null;
  const shown = claim(
    [incident.request?.firstPacket ?? incident.packet, attribute.answeredPacket],
    (reset, answered) => `${sharedText(attribute)}: compare ${reset}, reset, with ${answered}, answered`,
  );
  if (refusals === null || attribute.name !== 'client-address') return shown;
  return claim([...shown.packets, refusals.first, refusals.otherAccepted], (...names) => {
    const [first, accepted] = names.slice(-2);
    return `${shown.text}; ${manyText(refusals.count, 'SYN')} of that client since ${refusals.count === 1 ? 'was' : 'were'} refused (${first}), while another’s was accepted (${accepted})`;
  });
}

/** A reset from one hop nearer or further than its sender: too little for F5, and not the sender's own TTL either. */
export function oneHopOff({ tests, incident }: Pick<Case, 'tests' | 'incident'>): string | null {
  const hops = tests.find(({ id }) => id === 'F5');
  if (hops?.result !== 'negative' || hops.from !== 'server' || hops.found === hops.expected) return null;
  return `the TTL ${hops.found} of ${packetText(hops.packet ?? incident.packet)} is one hop from the server’s ${hops.expected}: another way, or a device next to it`;
}

/** The reset is an abort but for the timestamps of its connection: see resetShapeIn (judgements/reset-shape). */
export function lacksTimestamps({ shape, incident }: Pick<Case, 'shape' | 'incident'>): boolean {
  return shape === 'other' && resetShapeOf(incident.serverReset) === 'B';
}

/** Where the writer of the reset sits; empty where it cannot be told. */
export function placeText({ place, incident }: Case): string {
  return stillWaits(incident) ? HELD_BACK : PLACES[place];
}
