/**
 * Grounds that causes of a failed handshake share: the alert is what decides, and where none could be
 * read, how far the handshake had come.
 */
import { type Cause, type Claim, claim, type Ground, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';
import { ALERT, type Failure, isEndedFlight } from './failure.js';

/** Where in the handshake a cause would end it: one that ends elsewhere has another. */
type Place = 'before-server-hello' | 'after-server-hello' | 'any';

/** The places that causes name. */
export const BEFORE = 'before-server-hello';
export const AFTER = 'after-server-hello';
/** What servers say, beside unrecognized_name, for want of a certificate. */
const LACKING: ReadonlySet<number> = new Set([ALERT.handshakeFailure, ALERT.accessDenied, ALERT.internalError]);

/** Grounds of a cause that certain alerts say: `isIt` supports it, any other alert rules it out, and without one its place may. */
export function byAlert(
  isIt: (failure: Failure) => boolean,
  says: (subject: Case) => Claim,
  place: Place,
): Ground<Case>[] {
  return [
    supportedBy((subject) => (isIt(subject.first) ? says(subject) : null)),
    ruledOutBy(({ first: { sign, packet } }) =>
      sign === 'left' || sign === 'unchosen'
        ? claim([packet], (end) => `nothing was refused: it is the client who leaves (${end})`)
        : null,
    ),
    ruledOutBy(({ first }) =>
      first.alert === null
        ? null
        : claim([first.packet], (end) => `the alert is ${alertText(first)} of the ${first.from} (${end})`),
    ),
    ruledOutBy(({ first }) => {
      const { serverHello, packet } = first;
      if (place === BEFORE && serverHello !== null)
        return claim([serverHello], (answer) => `the server had answered with its ServerHello (${answer})`);
      if (place === AFTER && serverHello === null)
        return claim([packet], (end) => `there was no ServerHello yet (${end})`);
      if (place === AFTER && isEndedFlight(first))
        return claim([packet], (end) => `no certificate was sent yet, nor asked for (${end})`);
      return null;
    }),
  ];
}

/** Why a cause stays open that only an alert could tell. */
export function withoutAlert({ first }: Case): string {
  if (first.sign === 'unused') return 'the handshake ended well, and nothing was said';
  if (first.sign === 'silent') return 'nothing was said';
  if (first.sign === 'dropped')
    return 'what the server says when it has taken the handshake cannot be read without keys';
  return first.sign === 'answer' ? 'there is no alert that says it' : 'the alert cannot be read without keys';
}

/** A handshake that an answer within TLS refuses had ended well itself. */
export const endsWell: Ground<Case> = ruledOutBy(({ first: { sign, packet } }) =>
  sign === 'answer'
    ? claim([packet], (answer) => `the handshake ends well, and a request is answered (${answer})`)
    : null,
);

/**
 * No certificate fits the name, or its absence. RFC 6066 §3 has unrecognized_name for it; servers in Go
 * (Caddy, Traefik) say internal_error, those on rustls access_denied, those on OpenSSL handshake_failure,
 * which may mean other things too.
 */
export function noCertificate(
  means: string,
  isIt: (failure: Failure) => boolean,
  says: (subject: Case) => Claim,
): Cause<Case> {
  const mayBe = ({ first }: Case): boolean => isIt(first) && mayLackCertificate(first);
  return {
    means,
    grounds: [
      ruledOutBy((subject) =>
        mayBe(subject) && subject.sameName !== null
          ? claim([subject.sameName.packet], (other) => `the same succeeds for others (${other})`)
          : null,
      ),
      supportedBy((subject) => {
        if (!mayBe(subject) || !isForWantOfCertificate(subject)) return null;
        const { text, packets } = says(subject);
        const why =
          'it ends before a certificate is chosen, as servers in Go (Caddy, Traefik) or on rustls do for want of one';
        return { text: `${text}; ${why}`, packets };
      }),
      openSince((subject) =>
        mayBe(subject)
          ? `before a certificate is chosen, ${alertText(subject.first)} may be for want of one (${packetText(subject.first.packet)})`
          : null,
      ),
      ...byAlert((one) => one.alert === ALERT.unrecognizedName && isIt(one), says, BEFORE),
    ],
    otherwise: withoutAlert,
  };
}

/** An alert of the server before its ServerHello by which it may say that it has no certificate to show. */
function mayLackCertificate({ alert, from, serverHello }: Failure): boolean {
  return alert !== null && LACKING.has(alert) && from === 'server' && serverHello === null;
}

/** Whether it is the name that no certificate fits, where the alert alone leaves that open. */
export function isForWantOfCertificate({ first, success, sameName }: Case): boolean {
  return mayLackCertificate(first) && first.alert !== ALERT.handshakeFailure && success !== null && sameName === null;
}

/** `112 unrecognized_name`. */
export function alertText({ alert, alertName }: Pick<Failure, 'alert' | 'alertName'>): string {
  return `${alert ?? ''} ${alertName ?? ''}`.trim();
}
