/** Why handshakes fail, each cause supported, ruled out or left open, with the packets that say so. */
import { STATUS } from '../../facts/status.js';
import { endpointText } from '../../text/address.js';
import { hostNameOf } from '../../text/host-name.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Attempt } from './attempt.js';
import type { Case } from './case.js';

/** RFC 6455 §4.1: 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'proxy-drops-upgrade': {
    means: 'A proxy drops Upgrade and Connection, which are for one hop only.',
    grounds: [
      supportedBy(({ first, front, failure, status }) =>
        failure === 'refused' && front === null && status === STATUS.upgradeRequired && isWellFormed(first)
          ? claim(
              [first.requestPacket, first.packet],
              (request, answer) =>
                `Upgrade is there (${request}), and ${answer} asks for it (426): who decides that has not got it`,
            )
          : null,
      ),
      openSince((subject) =>
        mayBeDroppedBehind(subject)
          ? `the handshake arrives whole at ${endpointText(subject.first.server)} (${packetText(subject.first.requestPacket)}); if that is a proxy, what it hands on was not captured`
          : null,
      ),
      ruledOutBy(({ first, failure }) => {
        const reason = NOTHING_DROPPED[failure];
        return reason === null ? null : claim([first.requestPacket], (request) => `${reason} (${request})`);
      }),
      supportedBy(({ front, handedOn }) =>
        front !== null && isWhole(front)
          ? claim(
              [front.requestPacket, handedOn.requestPacket],
              (before, behind) =>
                `${endpointText(front.server)} was sent Upgrade and Connection (${before}) and hands the request on without them (${behind})`,
            )
          : null,
      ),
      ruledOutBy(
        ({ front }) =>
          front &&
          claim(
            [front.requestPacket],
            (before) => `its client did not send them to ${endpointText(front.server)} either (${before})`,
          ),
      ),
      supportedBy(({ first: { version, requestPacket } }) =>
        version === 'HTTP/1.0'
          ? claim(
              [requestPacket],
              (request) =>
                `${request} has Sec-WebSocket fields, and comes from a proxy that speaks HTTP/1.0, which has no Upgrade`,
            )
          : null,
      ),
      openSince(({ first: { isForwarded, announcesClose, requestPacket } }) =>
        isForwarded || announcesClose
          ? `${packetText(requestPacket)} comes from a proxy (${announcesClose ? 'Connection: close' : 'forwarded'}), which dropped Upgrade, or was asked over HTTP/2, where there is none; the leg in front of it was not captured`
          : null,
      ),
    ],
    otherwise: ({ accepted }) =>
      accepted > 0
        ? 'other handshakes of this server arrive whole; the leg in front was not captured'
        : 'the leg in front of it was not captured',
  },
  'http2-client': {
    means: 'The client asks over HTTP/2 as it would over HTTP/1.1.',
    grounds: [
      supportedBy((subject) => {
        const leg = clientLegOf(subject);
        return leg?.failure === 'h2-get' ? getOverHttp2(leg) : null;
      }),
      ruledOutBy((subject) => {
        const leg = clientLegOf(subject);
        return leg && claim([leg.requestPacket], (request) => `the client asks over ${leg.version} (${request})`);
      }),
      ruledOutBy(({ first: { key, version, requestPacket }, failure }) =>
        failure !== 'stripped' || key === null
          ? claim([requestPacket], (request) => `${request} is ${version} and asks for the upgrade`)
          : null,
      ),
    ],
    otherwise: () => 'the leg in front of it, which may be HTTP/2, was not captured',
  },
  'origin-check': {
    means: 'The application does not allow the page’s Origin.',
    grounds: [
      ruledOutBy(({ first, status }) =>
        status === 403 || status === 401
          ? null
          : claim([first.packet], (answer) => `the answer is ${status} (${answer}), not 403`),
      ),
      ruledOutBy(
        ({ sameOrigin }) =>
          sameOrigin &&
          claim([sameOrigin.packet], (other) => `a handshake with the same Origin was accepted (${other})`),
      ),
      ruledOutBy(({ first }) =>
        first.origin === null
          ? claim([first.requestPacket], (request) => `the handshake has no Origin (${request})`)
          : null,
      ),
      supportedBy(({ first: { origin, authority, requestPacket, packet }, status }) => {
        const foreign = origin === null ? null : hostNameOf(origin.replace(/^[a-z]+:\/\//i, ''));
        return foreign === null || foreign === hostNameOf(authority ?? '')
          ? null
          : claim(
              [requestPacket, packet],
              (request, answer) =>
                `Origin ${origin} is not the host ${authority ?? ''} (${request}), it was refused with ${status} (${answer}), and no accepted handshake has it`,
            );
      }),
    ],
    otherwise: ({ first, status }) =>
      `Origin and host agree (${packetText(first.requestPacket)}); the answer is ${status}`,
  },
  authentication: {
    means: 'Credentials are missing or refused.',
    grounds: [
      supportedBy((subject) => (subject.status === 401 || subject.status === 407 ? answered(subject) : null)),
      ruledOutBy((subject) => (subject.status === 403 ? null : answered(subject))),
    ],
    otherwise: ({ first }) =>
      `the answer is 403 (${packetText(first.packet)}): for the credentials, or for another reason`,
  },
  'wrong-route': {
    means: 'The request reaches something that serves no WebSocket there.',
    grounds: [
      ruledOutBy(
        ({ samePath }) => samePath && claim([samePath.packet], (other) => `the same path was accepted (${other})`),
      ),
      openSince((subject) =>
        !isWhole(subject) && subject.front === null && subject.status >= 400 ? answered(subject).text : null,
      ),
      openSince((subject) =>
        subject.first.isAnswerForwarded && mayBeDroppedBehind(subject)
          ? `${answered(subject).text}, through a proxy (Via): if that drops the upgrade, the server behind it sees a request like any other`
          : null,
      ),
      supportedBy((subject) => (subject.status === 404 || subject.status === 405 ? answered(subject) : null)),
      supportedBy(({ first, status }) =>
        status >= 300 && status < 400
          ? claim(
              [first.packet],
              (answer) => `the answer is a redirection, ${status} (${answer}), which browsers do not follow here`,
            )
          : null,
      ),
      supportedBy(({ first, status }) =>
        status >= 200 && status < 300
          ? claim(
              [first.packet],
              (answer) => `the answer is ${status} (${answer}): a page, from something that knows no WebSocket there`,
            )
          : null,
      ),
    ],
    otherwise: answered,
  },
  'version-or-key': {
    means: 'The client speaks another version, or sends a key of the wrong form.',
    grounds: [
      supportedBy((subject) =>
        subject.status === STATUS.upgradeRequired && subject.failure === 'refused' && !isWellFormed(subject.first)
          ? answered(subject)
          : null,
      ),
      supportedBy(({ first: { webSocketVersion, requestPacket, version }, failure }) =>
        failure === 'refused' && version !== 'HTTP/2' && webSocketVersion !== '13'
          ? claim(
              [requestPacket],
              (request) => `Sec-WebSocket-Version is ${webSocketVersion ?? 'missing'} (${request})`,
            )
          : null,
      ),
      supportedBy(({ first: { key, requestPacket, version }, failure }) =>
        failure === 'refused' && version !== 'HTTP/2' && key !== null && !KEY.test(key)
          ? claim([requestPacket], (request) => `Sec-WebSocket-Key is not 16 bytes in base64 (${request})`)
          : null,
      ),
      ruledOutBy(({ first }) =>
        isWellFormed(first)
          ? claim([first.requestPacket], (request) => `version 13 and a key of the right form (${request})`)
          : null,
      ),
    ],
    otherwise: ({ first }) => `nothing shows it (${packetText(first.requestPacket)})`,
  },
  'key-lost': {
    means: 'A proxy that translates from HTTP/2 loses the key.',
    grounds: [
      ruledOutBy(({ first, failure }) =>
        failure !== 'keyless' && first.key !== null
          ? claim([first.requestPacket], (request) => `the key is there (${request})`)
          : null,
      ),
      supportedBy(({ first, failure }) =>
        failure === 'keyless' && first.isForwarded
          ? claim(
              [first.requestPacket],
              (request) => `${request} comes from a proxy, asks for the upgrade and has no Sec-WebSocket-Key`,
            )
          : null,
      ),
    ],
    otherwise: ({ first, failure }) =>
      failure === 'keyless'
        ? `${packetText(first.requestPacket)} has no key, as no WebSocket client sends it: a scanner, a check, or a proxy that hides itself`
        : `${packetText(first.requestPacket)} needs none`,
  },
  'answer-altered': {
    means: 'The answer was altered, or made up, on the way.',
    grounds: [
      supportedBy(({ first, failure }) =>
        failure === 'wrong-accept'
          ? claim(
              [first.packet],
              (answer) => `the 101 has not the Sec-WebSocket-Accept that the key demands (${answer})`,
            )
          : null,
      ),
    ],
    otherwise: ({ first, status }) => claim([first.packet], (answer) => `no 101 was sent, but ${status} (${answer})`),
  },
  'server-error': {
    means: 'What should take the WebSocket fails.',
    grounds: [supportedBy((subject) => (subject.status >= 500 ? answered(subject) : null))],
    otherwise: answered,
  },
};

/** Why a handshake that failed so lost nothing on the way; `null`: it did. */
const NOTHING_DROPPED: Readonly<Record<Case['failure'], string | null>> = {
  stripped: null,
  'h2-get': 'over HTTP/2 there is no Upgrade that could be dropped',
  keyless: 'Upgrade and Connection arrive',
  refused: 'the handshake arrives whole',
  'wrong-accept': 'the handshake arrives whole',
};

/** How servers answer a handshake that lost its Upgrade: as a page, a bad request, or a path that they do not have. */
const WITHOUT_UPGRADE: ReadonlySet<number> = new Set([200, 400, 404, 405, 426]);

/**
 * Who answers may be a proxy that drops the upgrade on its way to the server behind: nothing shows that it is none,
 * unless the leg in front of this one was captured, or a handshake for the same path was taken. One for another path
 * says nothing: proxies hand the upgrade on by location.
 */
export function mayBeDroppedBehind({ failure, front, status, samePath }: Case): boolean {
  return failure === 'refused' && front === null && samePath === null && WITHOUT_UPGRADE.has(status);
}

/** Version 13, which all servers speak, and a key as it should be. */
function isWellFormed({ webSocketVersion, key }: Pick<Attempt, 'webSocketVersion' | 'key'>): boolean {
  return webSocketVersion === '13' && key !== null && KEY.test(key);
}

function isWhole({ failure }: Pick<Attempt, 'failure'>): boolean {
  return failure === 'refused' || failure === 'wrong-accept';
}

/** The leg on which the client itself asks; `null`: that in front was not captured. */
function clientLegOf({ first, front, failure }: Case): Attempt | null {
  return failure === 'h2-get' ? first : front;
}

function getOverHttp2({ requestPacket, settings, server }: Attempt): Claim {
  const text = (request: string): string =>
    `${request} is a GET over HTTP/2 with Sec-WebSocket fields and without :protocol`;
  return settings === null || settings.allowsConnect
    ? claim([requestPacket], text)
    : claim(
        [requestPacket, settings.packet],
        (request, sent) =>
          `${text(request)}; the SETTINGS of ${endpointText(server)} (${sent}) lack ENABLE_CONNECT_PROTOCOL, so RFC 8441 is not on offer`,
      );
}

function answered({ first, status }: Case): Claim {
  return claim([first.packet], (answer) => `the answer is ${status} (${answer})`);
}
