import type { ClientHelloFacts } from '../facts/tls.js';
import { isCipherSuite } from './cipher-suite.js';
import * as extension from './extension.js';
import { Fields } from './fields.js';
import { isGrease, versionName } from './version.js';

/** Bytes of a hello's random. RFC 8446 §4.1.2. */
export const RANDOM_BYTES = 32;
/** Longest session id. RFC 5246 §7.4.1.2. */
const MAX_SESSION_ID = 32;
/** Names kept of one hello: RFC 6066 §3 allows one of each type. */
const MAX_SERVER_NAMES = 16;

/** What is read of a ClientHello, and what of it never leaves this stage: its random. */
export interface ClientHello {
  /** All but the packets, which the message does not know. */
  readonly facts: Omit<ClientHelloFacts, 'firstPacket' | 'lastPacket' | 'atNs' | 'bytes'>;
  /** In hex: what key logs look sessions up by. */
  readonly random: string;
  readonly hasTicket: boolean;
}

/** Reads the body of a ClientHello in [start, end); `null` where it is malformed. RFC 8446 §4.1.2, RFC 5246 §7.4.1.2. */
export function readClientHello(view: Uint8Array, start: number, end: number): ClientHello | null {
  const fields = new Fields(view, start, end);
  const legacyVersion = fields.uint16();
  const random = hex(view, fields.skip(RANDOM_BYTES), fields.broken ? 0 : RANDOM_BYTES);
  const sessionId = fields.vector(1);
  const suites = fields.vector(2);
  fields.vector(1); // compression methods
  if (fields.broken || sessionId.left > MAX_SESSION_ID) return null;
  let cipherSuites = 0;
  while (suites.left >= 2) if (isCipherSuite(suites.uint16())) cipherSuites += 1;
  const serverNames: string[] = [];
  let alpn: string[] = [];
  let versions = [versionName(legacyVersion)];
  let hasTicket = false;
  let hasKey = false;
  let offersEarlyData = false;
  let offersEch = false;
  // RFC 5246 §7.4.1.2: hellos of old have no extensions at all.
  const isWhole =
    fields.left === 0 ||
    extension.eachExtension(fields.vector(2), (type, data) => {
      switch (type) {
        case extension.SERVER_NAME:
          readServerNames(data, serverNames);
          break;
        case extension.ALPN:
          alpn = extension.readAlpn(data);
          break;
        case extension.SESSION_TICKET:
          hasTicket = data.left > 0;
          break;
        case extension.PRE_SHARED_KEY:
          hasKey = true;
          break;
        case extension.EARLY_DATA:
          offersEarlyData = true;
          break;
        case extension.SUPPORTED_VERSIONS:
          versions = readVersions(data.vector(1));
          break;
        case extension.ENCRYPTED_CLIENT_HELLO:
          offersEch = true;
          break;
        default:
      }
    });
  if (!isWhole || fields.broken) return null;
  return {
    facts: {
      format: 'tls',
      versions,
      cipherSuites,
      serverNames,
      alpn,
      // A TLS 1.3 client fills the session id for the sake of middleboxes alone (RFC 8446 appendix D.4).
      offersResumption: hasTicket || hasKey || (sessionId.left > 0 && !versions.includes('TLS 1.3')),
      offersEarlyData,
      offersEch,
    },
    random,
    hasTicket,
  };
}

/** Reads a ClientHello in the format of SSL 2.0, [start, end) without its length; `null` where it is malformed. RFC 5246 appendix E.2. */
export function readSsl2ClientHello(view: Uint8Array, start: number, end: number): ClientHello | null {
  const fields = new Fields(view, start, end);
  fields.skip(1); // the message type
  const version = fields.uint16();
  const suiteBytes = fields.uint16();
  const idBytes = fields.uint16();
  const challengeBytes = fields.uint16();
  const suitesAt = fields.skip(suiteBytes);
  fields.skip(idBytes);
  const challengeAt = fields.skip(challengeBytes);
  if (fields.broken || suiteBytes % 3 !== 0 || challengeBytes > RANDOM_BYTES) return null;
  let cipherSuites = 0;
  for (let at = suitesAt; at < suitesAt + suiteBytes; at += 3) {
    const suite = ((view[at] ?? 0) << 16) | ((view[at + 1] ?? 0) << 8) | (view[at + 2] ?? 0);
    if (suite > 0xffff || isCipherSuite(suite)) cipherSuites += 1;
  }
  return {
    facts: {
      format: 'ssl2',
      versions: [versionName(version)],
      cipherSuites,
      serverNames: [],
      alpn: [],
      offersResumption: idBytes > 0,
      offersEarlyData: false,
      offersEch: false,
    },
    // RFC 5246 appendix E.2: the challenge, zeros before it.
    random: hex(view, challengeAt, challengeBytes).padStart(2 * RANDOM_BYTES, '0'),
    hasTicket: false,
  };
}

/** `length` bytes in hex. */
export function hex(view: Uint8Array, start: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + start, length).toString('hex');
}

function readServerNames(data: Fields, names: string[]): void {
  const list = data.vector(2);
  while (list.left > 0 && names.length < MAX_SERVER_NAMES) {
    const type = list.uint8();
    const name = list.vector(2);
    if (list.broken) return;
    if (type === 0) names.push(name.text());
  }
}

function readVersions(list: Fields): string[] {
  const versions: string[] = [];
  while (list.left >= 2) {
    const version = list.uint16();
    if (!isGrease(version)) versions.push(versionName(version));
  }
  return versions;
}
