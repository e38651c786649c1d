/** What explains the reuse and what came of it, each with the packet that says so. */
import type { Hypothesis, Verdict } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { inOrder } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case, JudgedReuse, SealedCase } from './case.js';

type Decision = readonly [Verdict, string];

/** All causes that the rule weighs, for one case. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  const [first] = subject.reuses;
  if (first === undefined) return [];
  return inOrder([
    hypothesis('route-by-sni', routeBySni(subject, first)),
    hypothesis('tls-passthrough', tlsPassthrough(subject, first)),
    hypothesis('server-refuses', serverRefuses(subject, first)),
    hypothesis('shared-certificate', sharedCertificate(subject, first)),
  ]);
}

function hypothesis(cause: string, [verdict, because]: Decision): Hypothesis {
  return { cause, verdict, because };
}

function routeBySni({ basis, kind, pair, backends, ownBack }: Case, { reuse, back, contrast }: JudgedReuse): Decision {
  const asked = packetText(reuse.packet);
  const [reused] = backends.reused;
  if (kind === 'misrouted') {
    if (basis === 'other-server' || basis === 'same-page-and-server')
      return [
        'supported',
        back === null
          ? `requests for ${pair.name} on connections of ${pair.openedFor} (${asked}) reach ${reused}, the server of ${pair.openedFor}`
          : `the request for ${pair.name} (${asked}) was handed to ${endpointText(back.server)} (${packetText(back.packet)}), the server of ${pair.openedFor}${ownBack === null ? '' : ` (${packetText(ownBack.packet)})`}`,
      ];
    return [
      'supported',
      `the answer to ${asked} follows the name of the connection, not that of the request${contrast === null ? '' : ` (compare ${packetText(contrast.packet)})`}`,
    ];
  }
  if (basis === 'by-name' && back !== null)
    return [
      'ruled-out',
      `the request for ${pair.name} (${asked}) was handed to ${endpointText(back.server)} (${packetText(back.packet)}), another server than that of ${pair.openedFor}${ownBack === null ? '' : ` (${packetText(ownBack.packet)})`}`,
    ];
  if (kind === 'harmless')
    return [
      'ruled-out',
      `${asked} was answered as on a connection of its own${contrast === null ? '' : ` (${packetText(contrast.packet)})`}`,
    ];
  if (kind === 'rejected' || kind === 'retried')
    return ['open', `${asked} was refused, so it was handed to no other server`];
  return ['open', `what answered ${asked} cannot be told from these captures`];
}

function tlsPassthrough({ passesThrough }: Case, { reuse, back }: JudgedReuse): Decision {
  const asked = packetText(reuse.packet);
  if (passesThrough !== null)
    return [
      'supported',
      `the request comes out unchanged on a connection to ${endpointText(passesThrough.server)} with the same server name (${packetText(passesThrough.packet)})`,
    ];
  if (back !== null)
    return ['ruled-out', `what ended the TLS of ${asked} sent the request on by itself (${packetText(back.packet)})`];
  return ['open', `what is behind ${endpointText(reuse.server)} was not captured or not paired with ${asked}`];
}

function serverRefuses({ refusedAt, servedAt, pair }: Case, { reuse }: JudgedReuse): Decision {
  if (refusedAt !== null)
    return [
      'supported',
      `421 to a request for ${pair.name} on a connection of ${pair.openedFor} (${packetText(refusedAt.packet)})`,
    ];
  if (servedAt !== null)
    return ['ruled-out', `a request for ${pair.name} was answered, not refused (${packetText(servedAt.packet)})`];
  return ['open', `no answer to ${packetText(reuse.packet)} was seen`];
}

function sharedCertificate({ pair }: Case, { reuse }: JudgedReuse): Decision {
  if (pair.covering !== null)
    return [
      'supported',
      `the certificate sent behind ${packetText(pair.covering.packet)} is for both names, so a client may use the connection for either`,
    ];
  if (pair.notCovering !== null)
    return [
      'ruled-out',
      `the certificate sent behind ${packetText(pair.notCovering.packet)} is not for both names: no browser does this; a program or a proxy does`,
    ];
  return [
    'open',
    `the certificate behind ${packetText(reuse.hello.packet)} was not read, or has more names than are kept`,
  ];
}

/** The same for what was seen from outside. */
export function sealedHypotheses({ connection, name, answer, resumed }: SealedCase): Hypothesis[] {
  const hello = packetText(connection.packet);
  return inOrder([
    hypothesis('route-by-sni', ['open', `what is asked on the connection of ${hello} and what answers is encrypted`]),
    hypothesis('tls-passthrough', ['open', `what is behind ${endpointText(connection.server)} was not seen`]),
    hypothesis('server-refuses', [
      'open',
      `no connection for ${name} follows ${packetText(resumed.packet)}, as it would after a 421 that the client takes up`,
    ]),
    hypothesis('shared-certificate', [
      'supported',
      connection.certificate === null
        ? `DNS led ${name} to the address of the connection of ${hello} too (${packetText(answer.packet)}), and ${durationText(resumed.atNs - answer.atNs)} later data went on there (${packetText(resumed.packet)}), on no new connection: a client does that only where the certificate is for both names; itself it is encrypted`
        : `the certificate behind ${hello} is for both names, and DNS led to one address (${packetText(answer.packet)})`,
    ]),
  ]);
}
