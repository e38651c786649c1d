import type { BothSides, Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';

/** A record as far as its header tells: enough to judge what cannot be decrypted (docs/without-keys.md). RFC 8446 §5.1. */
export interface RecordShape {
  /** The packet that completes it. */
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Content type as sent: 20 change_cipher_spec, 21 alert, 22 handshake, 23 application data. */
  readonly contentType: number;
  /** The header's length field. */
  readonly length: number;
}

/**
 * An alert, in full where it could be read. RFC 8446 §6, RFC 5246 §7.2.
 *
 * `clear`: sent before encryption began; `decrypted`; `encrypted`: the record's type says that it is
 * one (TLS 1.2 and before), not which; `shape`: a TLS 1.3 record of an alert's length that ends a
 * direction, probably one.
 */
export interface TlsAlert {
  readonly from: Side;
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly basis: 'clear' | 'decrypted' | 'encrypted' | 'shape';
  /** `null`: not readable. */
  readonly level: 'warning' | 'fatal' | null;
  /** The registered number; `null`: not readable. */
  readonly description: number | null;
  /** Its registered name, `unknown` for an unregistered number; `null`: not readable. */
  readonly name: string | null;
}

/** Alerts kept per connection: one ends it, a few warnings may come before. */
export const MAX_ALERTS = 16;

/** What a ClientHello says. RFC 8446 §4.1.2. Of several (HelloRetryRequest, renegotiation) the first. */
export interface ClientHelloFacts {
  /** Packets that carry its first and last byte: a hello in several segments is what old middleboxes choke on. */
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  readonly atNs: number;
  /** Length of the handshake message with its header. */
  readonly bytes: number;
  /** `ssl2`: in the record format of SSL 2.0. RFC 5246 appendix E.2. */
  readonly format: 'tls' | 'ssl2';
  /** Versions offered, by name, GREASE left out; the highest legacy one where there is no list. */
  readonly versions: readonly string[];
  /** How many cipher suites it offers, GREASE and signalling values left out. */
  readonly cipherSuites: number;
  /** All server names, as sent. RFC 6066 §3. */
  readonly serverNames: readonly string[];
  /** Protocols offered, as sent; empty where it offers none. RFC 7301. */
  readonly alpn: readonly string[];
  /** It offers to resume a session: by its id, a ticket (RFC 5077), or a pre-shared key (RFC 8446 §4.2.11). */
  readonly offersResumption: boolean;
  readonly offersEarlyData: boolean;
  /**
   * It carries an `encrypted_client_hello` extension. Real and GREASE look alike by design, so while
   * this is true `serverNames` may be the outer name alone (see {@link TlsFacts.echOutcome}). RFC 9849.
   */
  readonly offersEch: boolean;
}

/** What a ServerHello says, with what may follow encrypted. RFC 8446 §4.1.3. */
export interface ServerHelloFacts {
  readonly packet: PacketReference;
  readonly atNs: number;
  /** `TLS 1.3`, `TLS 1.2`, ..., `SSL 2.0`, `TLS 1.3 draft 23`. */
  readonly version: string;
  /** Registered name, `TLS_AES_128_GCM_SHA256`; an unregistered one in hex; `null` in SSL 2.0. */
  readonly cipherSuite: string | null;
  /** The protocol chosen; `null`: none, or (TLS 1.3 without keys) not readable. */
  readonly alpn: string | null;
}

/** One certificate as its holder shows it: nothing that is not on everybody's screen. RFC 5280. */
export interface CertificateFacts {
  /** Distinguished names on one line, as `CN=a.example, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, `DNS:a.example`; at most {@link MAX_ALTERNATIVE_NAMES}. RFC 5280 §4.2.1.6. */
  readonly alternativeNames: readonly string[];
  readonly alternativeNameCount: number;
  /** Epoch milliseconds; `null` where the certificate's time cannot be read. */
  readonly notBeforeMs: number | null;
  readonly notAfterMs: number | null;
  /** Subject and issuer are one. */
  readonly selfIssued: boolean;
}

/** Names kept of one certificate: shared ones have a hundred. */
export const MAX_ALTERNATIVE_NAMES = 100;
/** Certificates kept of a chain: real ones have two to four. */
export const MAX_CHAIN = 8;

/** What one side sent, in records. */
export interface TlsSideFacts {
  /** Records of all kinds whose end was seen. */
  readonly records: number;
  /** First protected records (encrypted, of whatever type), at most {@link MAX_FIRST_RECORDS}: handshake shapes stand here. */
  readonly firstProtected: readonly RecordShape[];
  /** The last record of all. */
  readonly lastRecord: RecordShape | null;
  /**
   * First and last record of application data. With keys, or in TLS 1.2, exact. In TLS 1.3 without keys the
   * client's begins behind its Finished by its length, the server's with its first record after that and after
   * the client's first data (a session ticket may be taken for it, an answer to early data is not seen); an alert by its shape at the end is left out.
   */
  readonly firstApplication: RecordShape | null;
  readonly lastApplication: RecordShape | null;
  readonly applicationRecords: number;
  /** Application data after a pause of this side, the first {@link MAX_RESUMED}: when it began to ask, or answer, anew. */
  readonly resumed: readonly ResumedData[];
  /** Bytes of application data: of plaintext where decrypted, else of the records as their headers state. */
  readonly applicationBytes: number;
  /** Bytes of a record, its header with them, that began and whose end was not seen; 0 where the side's last record is whole. */
  readonly unfinishedBytes: number;
  /** `seen`: read; `probable`: by shape, the last record; `none`: the direction ended without; `unknown`: its end, or records, were not seen. */
  readonly closeNotify: 'seen' | 'probable' | 'none' | 'unknown';
}

/** A record of application data that its side sent after it had sent none for {@link MIN_DATA_PAUSE_NS} or more. */
export interface ResumedData {
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly pauseNs: number;
}

/** Below a tenth of a second a pause is pace. */
export const MIN_DATA_PAUSE_NS = 100_000_000;
/** Resumptions kept of each side. */
export const MAX_RESUMED = 32;

/** Protected records kept of each side's beginning: a handshake's flights and the first answer. */
export const MAX_FIRST_RECORDS = 8;

/** What the client of TLS that was not opened sent in one go, and what the server sent upon it (tls/turns). */
export interface TlsTurn {
  readonly firstPacket: PacketReference;
  readonly startNs: number;
  readonly lastPacket: PacketReference;
  readonly endNs: number;
  /** Of its records longer than {@link MAX_UNASKING_RECORD}, as their headers state. */
  readonly bytes: number;
  /** `null`: the server sent nothing upon it. */
  readonly answer: {
    readonly records: number;
    readonly bytes: number;
    readonly firstPacket: PacketReference;
    readonly startNs: number;
    readonly lastPacket: PacketReference;
    readonly endNs: number;
  } | null;
}

/** Who asked and who answered in TLS that was not opened, as far as lengths and order tell. */
export interface TlsTurns {
  readonly count: number;
  /** Those answered within {@link PROMPT_ANSWER_NS}, and the last such answer's first record. */
  readonly prompt: number;
  readonly lastPrompt: { readonly packet: PacketReference; readonly atNs: number } | null;
  /** Those answered after {@link LATE_ANSWER_NS} and more: the first {@link MAX_LATE_TURNS}, and how many there were. */
  readonly late: readonly TlsTurn[];
  readonly lateCount: number;
  readonly last: TlsTurn;
  /** It is one record, the only one, upon which the server was silent: it may be the preface of HTTP/2 and ask nothing yet. */
  readonly mayBePreface: boolean;
  /** How often a side went on after half a second and more though the other had not spoken: a WebSocket, events, an upload that stalls. */
  readonly wentOn: BothSides<number>;
}

/** Client records this short ask nothing: frames of HTTP/2 other than requests, WebSocket's pings, alerts (docs/without-keys.md). */
export const MAX_UNASKING_RECORD = 60;
/** An answer this soon is no slow one. */
export const PROMPT_ANSWER_NS = 200_000_000;
/** Below a second nobody calls it late. */
export const LATE_ANSWER_NS = 1_000_000_000;
/** Late turns kept of a connection. */
export const MAX_LATE_TURNS = 16;

/** How far keys opened the connection. */
export type Decryption =
  /** Nothing protected was sent. */
  | 'nothing-protected'
  /** All protected records of both sides, as far as captured, were opened. */
  | 'whole'
  /** Some were; the others were damaged, lost, or had no key. */
  | 'partial'
  /** No key for this connection. */
  | 'no-key'
  /** There is a key, and no record opens with it. */
  | 'wrong-key'
  /** The cipher suite or version is not decrypted. */
  | 'unsupported'
  /** The hellos were not seen, so no key can be looked up. */
  | 'no-hello';

/** TLS on one connection: plain and serialisable, without any key, random or session id. */
export interface TlsFacts {
  readonly clientHello: ClientHelloFacts | null;
  readonly serverHello: ServerHelloFacts | null;
  /** The packet of a HelloRetryRequest; `null`: there was none. RFC 8446 §4.1.4. */
  readonly helloRetryRequest: PacketReference | null;
  /** Resumed, and by what; `full`: it was not; `null`: cannot be told. */
  readonly resumption: 'full' | 'session-id' | 'ticket' | 'psk' | null;
  /** 0-RTT. `sent`: early records were seen, and it is not known what became of them. RFC 8446 §2.3. */
  readonly earlyData: 'none' | 'offered' | 'sent' | 'accepted' | 'rejected';
  /** `not-accepted`: the outer hello's own keys opened the handshake, so its server name is the true one. RFC 9849 §6. */
  readonly echOutcome: 'not-offered' | 'unknown' | 'not-accepted';
  /** Chains as sent, leaf first; `null`: none was seen. */
  readonly certificates: BothSides<readonly CertificateFacts[] | null>;
  /** The server asked for a client certificate; `null`: not readable. RFC 8446 §4.3.2. */
  readonly certificateRequested: boolean | null;
  /** What the client answered; `null`: not asked, or not readable. `empty` by shape where encrypted (docs/without-keys.md). */
  readonly clientCertificate: 'sent' | 'empty' | 'probably-empty' | null;
  /** First packet that shows each side done with its handshake: its Finished, or (encrypted) what must hold it. */
  readonly finished: BothSides<PacketReference | null>;
  readonly finishedNs: BothSides<number | null>;
  readonly alerts: readonly TlsAlert[];
  readonly alertCount: number;
  readonly client: TlsSideFacts;
  readonly server: TlsSideFacts;
  /** `null`: it was opened, or no application data of the client was seen that may ask. */
  readonly turns: TlsTurns | null;
  readonly decryption: Decryption;
  /** Protected records opened, and how many there were in all (damaged ones too). */
  readonly openedRecords: number;
  readonly protectedRecords: number;
  /** TLS spoken within this TLS, through a CONNECT tunnel; `null`: none. */
  readonly inner: TlsFacts | null;
}
