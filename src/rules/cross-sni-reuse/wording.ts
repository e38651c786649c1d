/** A case in words: title, summary, and the packets of each occurrence with what they show. */
import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { manyText, packetText } from '../argument/figures.js';
import { requestText } from '../argument/request-text.js';
import type { Case, JudgedReuse, ReuseKind, SealedCase } from './case.js';

/** One line: whom it concerns and what happens. */
export function titleOf(kind: ReuseKind, cases: readonly Case[], who: Subject): string {
  const [first] = cases;
  const server = endpointText(who);
  if (first === undefined) return server;
  const { name, openedFor } = first.pair;
  const more =
    cases.length > 1 ? ` and ${manyText(cases.length - 1, 'more pair of names', 'more pairs of names')}` : '';
  switch (kind) {
    case 'misrouted': {
      const sure = first.confidence === 'certain' ? 'go' : first.confidence === 'likely' ? 'likely go' : 'may go';
      return `${server}: requests for ${name} ${sure} to the wrong server, on connections opened for ${openedFor}${more}`;
    }
    case 'rejected':
      return first.unfollowed === first.reuses.length
        ? `${server} refuses ${name} on connections opened for ${openedFor}${more}`
        : `${server} refuses ${name} on connections opened for ${openedFor}, and no retry gets through${more}`;
    case 'retried':
      return `${server} refuses ${name} on connections opened for ${openedFor}; retries get through${more}`;
    case 'harmless':
      return `${server}: connections opened for ${openedFor} carry ${name} too, harmlessly${more}`;
    default:
      return `${server}: connections opened for ${openedFor} carry requests for ${name} too${more}`;
  }
}

/** What happened, in a few sentences with figures. */
export function summaryOf(kind: ReuseKind, cases: readonly Case[], uncounted: number): string {
  const sentences = cases.slice(0, 3).map((one) => sentenceOf(kind, one));
  if (cases.length > 3)
    sentences.push(
      `Likewise ${manyText(cases.length - 3, 'further pair', 'further pairs')} of names, listed in the figures.`,
    );
  const [first] = cases;
  if (first !== undefined) sentences.push(...remarks(kind, first));
  if (uncounted > 0)
    sentences.push(
      `Besides, ${manyText(uncounted, 'request')} for other names than their connections’ were counted, but not judged: there was no room to keep them.`,
    );
  return sentences.join(' ');
}

function sentenceOf(kind: ReuseKind, { basis, pair, occurrences, backends, reuses }: Case): string {
  const { name, openedFor } = pair;
  const what = `${manyText(occurrences, 'request')} for ${name} came on ${occurrences === 1 ? 'a connection that was' : 'connections that were'} opened for ${openedFor}`;
  const [they, was] = occurrences === 1 ? ['It', 'was'] : ['They', 'were'];
  const answers = `${occurrences === 1 ? 'Answer' : 'Answers'}: ${statusesOf(reuses)}`;
  switch (kind) {
    case 'misrouted':
      return `${what}. ${MISROUTED[basis]?.(`${they} ${was}`, pair, backends) ?? ''} ${answers}.`;
    case 'rejected':
      return `${what}, and ${was} answered 421. No other answer to ${occurrences === 1 ? 'it' : 'them'} was seen within five seconds.`;
    case 'retried':
      return `${what}, and ${was} answered 421; the client asked again on another connection and was answered.`;
    case 'harmless':
      return `${what}. ${HARMLESS[basis]?.(`${they} ${was}`, pair, backends) ?? ''} ${answers}.`;
    default:
      return `${what}. ${
        basis === 'same-page'
          ? `${they} ${was} given the page of ${openedFor}: the wrong one, unless both names are one site.`
          : 'Clients may do that where one certificate is for both; nothing here shows whether the right server answered.'
      } ${answers}.`;
  }
}

/** `theyWere`: `They were`, or of one request `It was`. */
type Telling = (theyWere: string, pair: Case['pair'], backends: Case['backends']) => string;

const MISROUTED: Readonly<Partial<Record<Case['basis'], Telling>>> = {
  'other-server': (theyWere, { name, openedFor }, { reused, right }) =>
    `${theyWere} handed to ${listText(reused)}, which serves ${openedFor}; on connections of its own, ${name} is served by ${listText(right)}.`,
  'other-page': (theyWere, { name, openedFor }) =>
    `${theyWere} given the page of ${openedFor}; on a connection of its own, ${name} has another.`,
  'same-page-and-server': (theyWere, { openedFor }, { reused }) =>
    `${theyWere} handed to ${listText(reused)}, the server of ${openedFor}, and given its page. Unless both names are one site, that is the wrong one.`,
  'not-found': (theyWere, { name }) =>
    `${theyWere} not found; on a connection of its own, ${name} has what was asked for.`,
};

const HARMLESS: Readonly<Partial<Record<Case['basis'], Telling>>> = {
  'by-name': (theyWere, { openedFor }, { reused, own }) =>
    `${theyWere} handed to ${listText(reused)}, those for ${openedFor} to ${listText(own)}: no request went to the server of the other name.`,
  'same-server': (theyWere, _pair, { reused }) =>
    `${theyWere} handed to ${listText(reused)}, as requests on connections opened for that name are.`,
  'same-answer': (theyWere) => `${theyWere} answered as on a connection opened for that name.`,
};

function remarks(kind: ReuseKind, { pair, isGateway, droppedPackets, unfollowed, reuses }: Case): string[] {
  const sentences: string[] = [];
  if (isGateway) sentences.push('The client is a gateway: its pool of connections takes no account of the name.');
  if (pair.notCovering !== null)
    sentences.push(
      'The certificate is not for both names, so no browser did this: a program, a proxy, or domain fronting.',
    );
  if (pair.isOffered && kind !== 'harmless')
    sentences.push(`The server itself offered ${pair.name} there in an ORIGIN frame.`);
  const resets = reuses.filter(({ reuse }) => reuse.reset !== null).length;
  if (resets > 0 && kind === 'retried')
    sentences.push(`${manyText(resets, 'stream was', 'streams were')} reset by the client after the 421.`);
  if (unfollowed > 0)
    sentences.push(
      `Of ${countText(unfollowed)} it cannot be told whether a retry got through: the captures end too soon, or the client went on where nothing could be read.`,
    );
  if (droppedPackets > 0)
    sentences.push(
      `${manyText(droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  return sentences;
}

/** `200 (3 of 4), 404 (1 of 4)`. */
function statusesOf(reuses: readonly JudgedReuse[]): string {
  const counts = new Map<string, number>();
  for (const { reuse } of reuses) {
    const status = reuse.status === null ? 'none seen' : reuse.status === 0 ? 'status unknown' : String(reuse.status);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const all = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  if (all.length === 1) return all[0]?.[0] ?? '';
  return all.map(([status, count]) => `${status} (${countText(count)} of ${countText(reuses.length)})`).join(', ');
}

function listText(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** One occurrence and its packets, in their order. */
export function evidenceOf({ reuse, back, contrast, retry }: JudgedReuse, { pair }: Case, reveal: boolean): Evidence {
  const packets: EvidencePacket[] = [
    { ...reuse.hello, note: `ClientHello for ${pair.openedFor}` },
    {
      packet: reuse.packet,
      atNs: reuse.atNs,
      note: `${requestText(reuse, reveal)} for ${pair.name} on that connection`,
    },
  ];
  if (back !== null)
    packets.push({
      packet: back.packet,
      atNs: back.startNs,
      note: `the same request, handed to ${endpointText(back.server)}`,
      elsewhere: true,
    });
  if (reuse.answer !== null)
    packets.push({
      ...reuse.answer,
      note: `answered ${reuse.status === 0 ? 'with a status that is not known' : reuse.status}`,
    });
  if (reuse.reset !== null) packets.push({ ...reuse.reset, note: 'the client resets the stream' });
  if (retry?.hello != null && retry.hello.atNs >= reuse.atNs)
    packets.push({
      ...retry.hello,
      note: `ClientHello for ${pair.name}: the client asks again, ${durationText(retry.atNs - (reuse.answer?.atNs ?? reuse.atNs))} after the 421`,
      elsewhere: true,
    });
  if (retry !== null)
    packets.push({
      packet: retry.packet,
      atNs: retry.atNs,
      note: `the same request again, on a connection of its own: answered ${retry.status}`,
      elsewhere: true,
    });
  if (contrast !== null && contrast.packet !== back?.packet) packets.push(contrast);
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream: reuse.stream, client: reuse.client, server: reuse.server, packets };
}

/** What was seen from outside, in words. */
export function sealedTitle({ connection, name }: SealedCase): string {
  return `${endpointText(connection.server)}: a connection opened for ${connection.openedFor} may carry requests for ${name} too`;
}

/** The summary of a reuse that is known from outside alone. */
export function sealedSummary({ connection, name, answer, resumed }: SealedCase): string {
  const { openedFor, offersEch, server } = connection;
  const sentences = [
    `DNS gave ${server.address} for ${name}, while the client had a connection there for ${openedFor}. No ClientHello for ${name} and no new connection followed; instead, ${durationText(resumed.atNs - answer.atNs)} later, data went on on the connection of ${openedFor} after a pause of ${durationText(resumed.pauseNs)}.`,
    'That is how reuse looks from outside. Which requests they were, and whether the right server answered, is encrypted.',
  ];
  if (offersEch)
    sentences.push(
      `The ClientHello (${packetText(connection.packet)}) carries an encrypted_client_hello extension; if it is more than GREASE, ${openedFor} is not the true name.`,
    );
  return sentences.join(' ');
}

/** Its packets. */
export function sealedEvidence({ connection, name, answer, resumed }: SealedCase): Evidence {
  const { stream, client, server, openedFor } = connection;
  return {
    stream,
    client,
    server,
    packets: [
      { packet: connection.packet, atNs: connection.helloNs, note: `ClientHello for ${openedFor}` },
      { ...answer, note: `DNS answer: ${name} is at ${server.address}`, elsewhere: true },
      {
        packet: resumed.packet,
        atNs: resumed.atNs,
        note: `client data on that connection, ${durationText(resumed.atNs - answer.atNs)} after the answer`,
      },
    ],
  };
}
