/** What a finding of the rule says: its title, its sentences and its packets. */
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { manyText, packetText } from '../argument/figures.js';
import { evidenceOf } from '../argument/finding.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import { outcomeText } from '../judgements/gateway-error.js';
import { alertText } from './by-alert.js';
import { type Case, MAX_LISTED } from './case.js';
import { flawsOf } from './certificate-flaws.js';
import { hasEmptyCertificate, wasAsked } from './client-certificate.js';
import { type Failure, isEndedFlight } from './failure.js';
import type { Targets } from './way.js';

/** `TLS handshakes end with alert … at …`, of the server that is named. */
export function titleOf(subject: Case, name: string): string {
  const what =
    subject.behind === null
      ? TITLES[subject.first.sign](subject)
      : 'TLS connections end before an answer, because there is no server behind,';
  const { tunnels } = subject;
  if (tunnels === null) return `${what} at ${name}`;
  const [target = ''] = tunnels.known;
  return `${what} in tunnels ${tunnels.known.length === 1 ? `to ${visible(target)} ` : ''}at ${name}`;
}

/** Who is meant by the server within tunnels. */
function tunnelsText({ known, hasMore }: Targets): string {
  const handsOn = 'The proxy only hands on what is in its tunnels (CONNECT)';
  const targets = listText((hasMore ? known.slice(0, MAX_LISTED) : known).map(visible), MAX_LISTED);
  if (known.length === 1) return `${handsOn}: what is called the server here is ${targets}.`;
  const how = hasMore
    ? `at least ${countText(known.length)} hosts and ports, among them`
    : `${countText(known.length)} hosts and ports:`;
  return `${handsOn}, and what is called the server here is at their other ends. They lead to ${how} ${targets}.`;
}

const TITLES: Readonly<Record<Failure['sign'], (subject: Case) => string>> = {
  alert: ({ first }) => `TLS handshakes end with alert ${alertText(first)} of the ${first.from}`,
  shape: ({ first }) =>
    first.clientCertificate === 'probably-empty'
      ? 'TLS handshakes are refused because a client certificate is missing, as the lengths of records show,'
      : 'TLS handshakes are refused, as the lengths of records show,',
  dropped: ({ first }) =>
    `TLS connections ${hasEmptyCertificate(first) ? 'without a client certificate ' : ''}are ended as soon as their handshake is done`,
  silent: () => 'TLS handshakes end without a word',
  unused: () => 'TLS handshakes go well, and the client closes at once,',
  left: () => 'Clients that have seen the certificate leave without a request',
  unchosen: () => 'Clients that offer HTTP/2 alone leave without a request',
  answer: ({ first }) =>
    `Client certificates are ${first.clientCertificate === 'sent' ? 'refused' : 'missing'}, as answers with 400 show,`,
};

/** How many failed and of whom, what their sign means, what they lost, and who fared better. */
export function summaryOf(subject: Case): string {
  const { occurrences, handshakes, clients, names, first, success, recovered, failures, behind, told, idle, tunnels } =
    subject;
  const who = clients.length === 1 ? `, all of ${clients[0]}` : `, of ${manyText(clients.length, 'client')}`;
  const sentences = [
    `${countText(occurrences)} of ${
      first.sign === 'answer'
        ? `${manyText(handshakes, 'connection')} were refused this way`
        : `${manyText(handshakes, 'handshake')} failed this way`
    }${who}${names.length > 0 ? `, for ${listText(names, MAX_LISTED)}` : ''}.`,
  ];
  if (names.length === 0) sentences.push('No server name was sent.');
  if (tunnels !== null) sentences.push(tunnelsText(tunnels));
  if (first.sign === 'shape' && behind === null)
    sentences.push(
      isEndedFlight(first)
        ? 'The server sends a record of an alert’s length right behind its ServerHello, where its certificate would come, and closes. Go’s servers refuse so a client with which they have no protocol in common (ALPN).'
        : 'The server sends a record of an alert’s length right after the client’s Finished, answers nothing, and closes.',
    );
  if (first.sign === 'dropped' && behind === null) sentences.push(droppedText(subject));
  if (behind !== null)
    sentences.push(
      `Each time a connection to another server did not come about meanwhile (${packetText(behind.packet)}): who hands connections on has nobody to hand them to.`,
    );
  if (subject.ended !== null)
    sentences.push(
      `Each time the server was ending: it ${subject.ended.how === 'cut' ? 'ended a connection with a request in progress, too' : 'refused a connection soon after'} (${packetText(subject.ended.packet)}).`,
    );
  if (first.sign === 'unused')
    sentences.push(
      `The client closes right upon the end of the handshake, without a request, and tells its own client ${first.told == null ? 'that it failed' : outcomeText(first.told.status)}.`,
    );
  if (first.sign === 'answer')
    sentences.push('The handshake ends well, the server has asked for a certificate, and answers with 400.');
  if (first.sign === 'left')
    sentences.push(
      `The certificate ${listText(
        flawsOf(first).map(({ text }) => text),
        MAX_LISTED,
      )}: the client looks at it when the handshake is done, and closes.`,
    );
  if (first.sign === 'unchosen')
    sentences.push(
      first.isChoiceKnown
        ? 'The handshake ends well, but the server chooses no protocol (ALPN), and the client, which offers HTTP/2 alone, closes at once.'
        : 'The handshake ends well, and the client, which offers HTTP/2 alone (ALPN), closes at once: clients of gRPC do so where the server has chosen no protocol, which cannot be read here without keys.',
    );
  if (first.sign !== 'unused') sentences.push(...toldSentences(told, [], failures.length < occurrences));
  const lost = failures.filter(({ lostRequest }) => lostRequest).length;
  if (lost > 0 && first.sign !== 'answer')
    sentences.push(`${manyText(lost, 'client had', 'clients had')} sent a request already, which was not answered.`);
  if (success !== null)
    sentences.push(
      `Others succeed${success.serverName === null || success.serverName === first.serverName ? '' : ` (${visible(success.serverName)})`}.`,
    );
  if (recovered > 0) sentences.push(`${manyText(recovered, 'client', 'clients')} succeeded later with the same name.`);
  if (idle === 'scan')
    sentences.push(
      `${clients.length === 1 ? 'It offers' : 'They offer'} one set of versions after the other, and ${clients.length === 1 ? 'gets' : 'get'} in with another: a scan of what the server takes.`,
    );
  if (idle === 'ssl3-alone')
    sentences.push(
      'No client that anybody uses offers SSL 3.0 alone: scanners do, and HAProxy’s option ssl-hello-chk, to which the alert is a sign of life.',
    );
  return sentences.join(' ');
}

/** How a server ends that had taken the handshake, and who does so. */
function droppedText({ first, failures }: Case): string {
  const who = [
    ...(first.isCertificateRequested === false
      ? []
      : [
          `a server that ${wasAsked(first) ? '' : 'has asked for a client certificate and '}refuses ${hasEmptyCertificate(first) ? 'clients without one' : wasAsked(first) ? 'the client’s certificate' : 'it'} only then (nginx, HAProxy)`,
        ]),
    'an application that hangs up',
    // Who has nobody behind needs no request to find out.
    ...(failures.some(({ lostRequest }) => lostRequest)
      ? []
      : ['one that ends TLS for servers behind it, and cannot reach them']),
  ];
  return `The server takes the handshake, answers nothing within it, and says its last at once. It may be ${who.join(', or ')}.`;
}

/** The packets of one failure: the ClientHello, the end, what a client in front was told. */
export function evidenceIn(failure: Failure) {
  const { hello, serverName, alpn, versions, sign, packet, atNs, from, closeKind, serverHello, told } = failure;
  const offers = [
    serverName === null ? 'no server name' : visible(serverName),
    versions.join(', '),
    alpn.length > 0 ? `ALPN ${alpn.map(visible).join(', ')}` : '',
  ].filter((one) => one !== '');
  const end: Readonly<Record<Failure['sign'], string>> = {
    alert: `alert ${alertText(failure)} of the ${from}`,
    shape: `a record of an alert’s length, of the ${from}`,
    dropped: `a record of an alert’s length, of the ${from}, which had taken the handshake`,
    unused: 'FIN of the client right upon the end of the handshake, without a request',
    silent: `${closeKind === 'rst' ? 'RST' : 'FIN'} of the server, without an alert`,
    answer: '400 of the server, within TLS',
    left: `${closeKind === 'rst' ? 'RST' : 'FIN'} of the client, which has asked for nothing`,
    unchosen: `${closeKind === 'rst' ? 'RST' : 'FIN'} of the client, which has not even sent the preface of HTTP/2`,
  };
  return evidenceOf(failure, [
    hello === null ? null : { ...hello, note: `ClientHello: ${offers.join('; ')}` },
    { packet, atNs, note: `${end[sign]}${serverHello === null ? ', before any ServerHello' : ''}` },
    told === null ? null : toldPacket(told),
  ]);
}
