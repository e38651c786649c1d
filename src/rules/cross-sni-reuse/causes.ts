/** What explains the reuse and what came of it, each with the packet that says so. */
import type { Hypothesis } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy, weigh } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case, JudgedReuse, SealedCase } from './case.js';

/** What the causes are weighed on: a case, and the first reuse of it. */
interface Weighed {
  readonly subject: Case;
  readonly first: JudgedReuse;
}

/** All causes that the rule weighs, for one case. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  const [first] = subject.reuses;
  return first === undefined ? [] : weigh(CAUSES, { subject, first });
}

/** One sentence on each; the rule's meta says the same. */
export const MEANS = {
  'route-by-sni': 'The proxy chooses the server by the name of the connection, not by that of the request.',
  'tls-passthrough': 'The proxy hands TLS on unopened, so that it cannot look at requests.',
  'server-refuses':
    'The server refuses a name on a connection of another: by rule, or since their TLS settings differ.',
  'shared-certificate': 'One certificate for both names at one address lets clients reuse the connection.',
} as const;

const CAUSES: Causes<Weighed> = {
  'route-by-sni': {
    means: MEANS['route-by-sni'],
    grounds: [
      supportedBy(({ subject: { kind, basis, pair, backends, ownBack }, first: { reuse, back } }) => {
        if (kind !== 'misrouted' || (basis !== 'other-server' && basis !== 'same-page-and-server')) return null;
        const [reused] = backends.reused;
        if (back === null)
          return claim(
            [reuse.packet],
            (asked) =>
              `requests for ${pair.name} on connections of ${pair.openedFor} (${asked}) reach ${reused}, the server of ${pair.openedFor}`,
          );
        return handedOn(
          { reuse, back, ownBack },
          (asked, to, own) =>
            `the request for ${pair.name} (${asked}) was handed to ${to}, the server of ${pair.openedFor}${own}`,
        );
      }),
      supportedBy(({ subject: { kind }, first: { reuse, contrast } }) =>
        kind === 'misrouted'
          ? compared(
              reuse.packet,
              contrast,
              (asked, other) =>
                `the answer to ${asked} follows the name of the connection, not that of the request${other === null ? '' : ` (compare ${other})`}`,
            )
          : null,
      ),
      ruledOutBy(({ subject: { basis, pair, ownBack }, first: { reuse, back } }) =>
        basis !== 'by-name' || back === null
          ? null
          : handedOn(
              { reuse, back, ownBack },
              (asked, to, own) =>
                `the request for ${pair.name} (${asked}) was handed to ${to}, another server than that of ${pair.openedFor}${own}`,
            ),
      ),
      ruledOutBy(({ subject: { kind }, first: { reuse, contrast } }) =>
        kind === 'harmless'
          ? compared(
              reuse.packet,
              contrast,
              (asked, other) =>
                `${asked} was answered as on a connection of its own${other === null ? '' : ` (${other})`}`,
            )
          : null,
      ),
      openSince(({ subject: { kind }, first: { reuse } }) =>
        kind === 'rejected' || kind === 'retried'
          ? `${packetText(reuse.packet)} was refused, so it was handed to no other server`
          : null,
      ),
    ],
    otherwise: ({ first: { reuse } }) => `what answered ${packetText(reuse.packet)} cannot be told from these captures`,
  },
  'tls-passthrough': {
    means: MEANS['tls-passthrough'],
    grounds: [
      supportedBy(
        ({ subject: { passesThrough: through } }) =>
          through &&
          claim(
            [through.packet],
            (behind) =>
              `the request comes out unchanged on a connection to ${endpointText(through.server)} with the same server name (${behind})`,
          ),
      ),
      ruledOutBy(
        ({ first: { reuse, back } }) =>
          back &&
          claim(
            [reuse.packet, back.packet],
            (asked, behind) => `what ended the TLS of ${asked} sent the request on by itself (${behind})`,
          ),
      ),
    ],
    otherwise: ({ first: { reuse } }) =>
      `what is behind ${endpointText(reuse.server)} was not captured or not paired with ${packetText(reuse.packet)}`,
  },
  'server-refuses': {
    means: MEANS['server-refuses'],
    grounds: [
      supportedBy(
        ({ subject: { refusedAt, pair } }) =>
          refusedAt &&
          claim(
            [refusedAt.packet],
            (answer) => `421 to a request for ${pair.name} on a connection of ${pair.openedFor} (${answer})`,
          ),
      ),
      ruledOutBy(
        ({ subject: { servedAt, pair } }) =>
          servedAt &&
          claim([servedAt.packet], (answer) => `a request for ${pair.name} was answered, not refused (${answer})`),
      ),
    ],
    otherwise: ({ first: { reuse } }) => `no answer to ${packetText(reuse.packet)} was seen`,
  },
  'shared-certificate': {
    means: MEANS['shared-certificate'],
    grounds: [
      supportedBy(
        ({ subject: { pair } }) =>
          pair.covering &&
          claim(
            [pair.covering.packet],
            (hello) =>
              `the certificate sent after ${hello} is for both names, so a client may use the connection for either`,
          ),
      ),
      ruledOutBy(
        ({ subject: { pair } }) =>
          pair.notCovering &&
          claim(
            [pair.notCovering.packet],
            (hello) =>
              `the certificate sent after ${hello} is not for both names: no browser does this; a program or a proxy does`,
          ),
      ),
    ],
    otherwise: ({ first: { reuse } }) =>
      `the certificate after ${packetText(reuse.hello.packet)} was not read, or has more names than are kept`,
  },
};

/** A claim on a request and on what it is compared with, where there is something. */
function compared(
  asked: PacketReference,
  contrast: JudgedReuse['contrast'],
  say: (asked: string, other: string | null) => string,
): Claim {
  return contrast === null ? claim([asked], (one) => say(one, null)) : claim([asked, contrast.packet], say);
}

/** A claim on where a request was handed to, and on the server that the connection's own name leads to. */
function handedOn(
  {
    reuse,
    back,
    ownBack,
  }: Pick<JudgedReuse, 'reuse'> & { readonly back: NonNullable<JudgedReuse['back']> } & Pick<Case, 'ownBack'>,
  say: (asked: string, to: string, own: string) => string,
): Claim {
  const to = (behind: string): string => `${endpointText(back.server)} (${behind})`;
  return ownBack === null
    ? claim([reuse.packet, back.packet], (asked, behind) => say(asked, to(behind), ''))
    : claim([reuse.packet, back.packet, ownBack.packet], (asked, behind, own) => say(asked, to(behind), ` (${own})`));
}

/** The same for what was seen from outside. */
export function sealedHypotheses(subject: SealedCase): Hypothesis[] {
  return weigh(SEALED_CAUSES, subject);
}

const SEALED_CAUSES: Causes<SealedCase> = {
  'route-by-sni': {
    means: MEANS['route-by-sni'],
    grounds: [],
    otherwise: ({ connection }) =>
      `what is asked on the connection of ${packetText(connection.packet)} and what answers is encrypted`,
  },
  'tls-passthrough': {
    means: MEANS['tls-passthrough'],
    grounds: [],
    otherwise: ({ connection }) => `what is behind ${endpointText(connection.server)} was not seen`,
  },
  'server-refuses': {
    means: MEANS['server-refuses'],
    grounds: [],
    otherwise: ({ name, resumed }) =>
      `no connection for ${name} follows ${packetText(resumed.packet)}, as it would after a 421 that the client takes up`,
  },
  'shared-certificate': {
    means: MEANS['shared-certificate'],
    grounds: [
      supportedBy(({ connection, name, answer, resumed }) =>
        connection.certificate === null
          ? claim(
              [connection.packet, answer.packet, resumed.packet],
              (hello, dns, data) =>
                `DNS led ${name} to the address of the connection of ${hello} too (${dns}), and ${durationText(resumed.atNs - answer.atNs)} later data went on there (${data}), on no new connection: a client does that only where the certificate is for both names; itself it is encrypted`,
            )
          : claim(
              [connection.packet, answer.packet],
              (hello, dns) => `the certificate after ${hello} is for both names, and DNS led to one address (${dns})`,
            ),
      ),
    ],
    otherwise: () => 'DNS and the connection say nothing of it',
  },
};
