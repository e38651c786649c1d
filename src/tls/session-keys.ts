/**
 * The keys of one connection: from its hellos and the key log to what opens the records of each direction.
 *
 * TLS 1.3 has a secret for each phase of each direction, all of them known once the hellos are. TLS 1.2
 * and before have one master secret; a ChangeCipherSpec puts its keys in force, and a renegotiation
 * begins again with other hellos. Nothing of it leaves this stage.
 */
import { type BulkCipher, bulkCipherOf } from './cipher-suite.js';
import type { ClientHello } from './client-hello.js';
import type { DeferredTags } from './decryption/deferred-tags.js';
import { nextSecret, protectionOfSecret, protectionsOfSession } from './decryption/key-derivation.js';
import { RecordOpener } from './decryption/record-opener.js';
import type { RecordProtection } from './decryption/record-protection.js';
import type { Direction } from './direction.js';
import type { KeyLog, SessionSecrets } from './key-log.js';
import type { ServerHello } from './server-hello.js';
import { isTls13, SSL_3_0, TLS_1_3 } from './version.js';

/** See the head of this file. */
export class SessionKeys {
  /** The hellos that the keys in use, or those to come, belong to. */
  hello: ClientHello | null = null;
  answer: ServerHello | null = null;
  cipher: BulkCipher | null = null;
  /** The version or the cipher suite is one that is not decrypted. */
  isUnsupported = false;
  /** There were keys to try. */
  hadKeys = false;
  private secrets: SessionSecrets | null = null;
  /** TLS 1.2 and before: what the next ChangeCipherSpec puts in force. */
  private pending: { client: RecordProtection; server: RecordProtection } | null = null;
  /** TLS 1.3: the secrets of application data in use, for KeyUpdate. */
  private clientSecret: Uint8Array | null = null;
  private serverSecret: Uint8Array | null = null;
  /** TLS 1.3: what opens early data. */
  private early: RecordProtection | null = null;

  /** @param tags Takes tags to check them later; `null`: each is checked at once. */
  constructor(
    private readonly keyLog: KeyLog,
    private readonly tags: DeferredTags | null,
  ) {}

  /** Length of a protected Finished message: header, hash, type and tag. TLS 1.3, RFC 8446 §4.4.4. */
  get finishedLength(): number {
    return (this.cipher?.hash === 'sha384' ? 48 : 32) + 4 + 1 + 16;
  }

  /** A client said hello. False: it repeats itself, after a HelloRetryRequest, and the session is the same. RFC 8446 §4.1.2. */
  begin(hello: ClientHello): boolean {
    const before = this.hello;
    this.hello = hello;
    if (before?.random === hello.random) return false;
    // Renegotiation, RFC 5246 §7.4.1.1: other hellos, other keys. An answer to the first hello was captured before it.
    if (before !== null) this.answer = null;
    this.pending = null;
    this.secrets = null;
    this.lookUpSecrets();
    return true;
  }

  /** The server answered. */
  agree(answer: ServerHello): void {
    const { cipherSuite, version } = answer;
    this.answer = answer;
    this.cipher = bulkCipherOf(cipherSuite, version);
    const isDecrypted = version === TLS_1_3 || (version > SSL_3_0 && !isTls13(version));
    this.isUnsupported = this.cipher === null || !isDecrypted;
  }

  /** Protected records of the direction could be opened, now or when the hellos are complete. */
  mayOpen(direction: Direction, isClient: boolean): boolean {
    if (direction.opener !== null) return direction.opener.isHopeful;
    if (this.keyLog.isEmpty && this.secrets === null) return false;
    if (this.isUnsupported) return false;
    // A server's flight may be captured before the ClientHello that it answers.
    if (this.hello === null) return this.answer !== null;
    // Before the ServerHello a client's records are early data, and a server's come late: they may be opened yet.
    if (this.answer === null) return this.lookUpSecrets() !== null;
    return this.find(direction, isClient);
  }

  /** Sees to it that the direction has its keys, where the hellos and the key log give them; false where they do not. */
  find(direction: Direction, isClient: boolean): boolean {
    const { answer, cipher, hello } = this;
    if (answer === null || hello === null || cipher === null || this.isUnsupported) return false;
    if (isTls13(answer.version)) return this.find13(direction, isClient, hello, cipher);
    const secrets = this.lookUpSecrets();
    if (secrets === null || secrets.master === undefined) return false;
    if (this.pending === null) {
      this.pending = protectionsOfSession(
        {
          version: answer.version,
          cipher,
          encryptThenMac: answer.encryptThenMac,
          masterSecret: secrets.master,
          clientRandom: hello.random,
          serverRandom: answer.random,
        },
        this.tags,
      );
      this.hadKeys = true;
    }
    // Keys may come to hand behind the ChangeCipherSpec: what went by until then counts in the sequence.
    if (direction.opener === null && direction.hasChangedCipher) {
      const protection = isClient ? this.pending.client : this.pending.server;
      protection.sequence = direction.passedRecords;
      direction.opener = new RecordOpener(protection);
      // The loss held the ChangeCipherSpec, and Finished at least: how many records, its bytes bound.
      if (direction.hasMissedChangeCipherSpec) direction.opener.lost(direction.lostBytes);
    }
    return direction.opener !== null;
  }

  /** TLS 1.2 and before: the direction's records are under the pending keys from here on; false: they are not known. */
  change(direction: Direction, isClient: boolean): boolean {
    this.find(direction, isClient);
    if (this.pending === null) {
      direction.opener?.finish();
      direction.opener = null;
      return false;
    }
    const protection = isClient ? this.pending.client : this.pending.server;
    if (direction.opener !== null && direction.opener.protection !== protection) direction.opener.replace(protection);
    return true;
  }

  /** TLS 1.3: the direction's records are under its next application secret from here on. RFC 8446 §4.6.3. */
  update(direction: Direction, isClient: boolean): void {
    const { cipher } = this;
    const secret = isClient ? this.clientSecret : this.serverSecret;
    if (cipher === null || secret === null) return;
    const next = nextSecret(cipher, secret);
    if (isClient) this.clientSecret = next;
    else this.serverSecret = next;
    direction.opener?.replace(protectionOfSecret(cipher, next, this.tags));
  }

  /** What the client sends is, as far as it was opened, early data. */
  isEarly(client: Direction): boolean {
    return this.early !== null && client.opener?.protection === this.early;
  }

  private lookUpSecrets(): SessionSecrets | null {
    if (this.secrets === null && this.hello !== null) this.secrets = this.keyLog.secretsOf(this.hello.random);
    return this.secrets;
  }

  /** The phases of a direction, one after the other. RFC 8446 §7.1. */
  private find13(direction: Direction, isClient: boolean, hello: ClientHello, cipher: BulkCipher): boolean {
    if (direction.opener !== null) return true;
    const secrets = this.lookUpSecrets();
    if (secrets === null) return false;
    const { clientEarly, clientHandshake, clientApplication, serverHandshake, serverApplication } = secrets;
    const phases = isClient
      ? [hello.facts.offersEarlyData ? clientEarly : undefined, clientHandshake, clientApplication]
      : [serverHandshake, serverApplication];
    if (isClient) this.clientSecret = clientApplication ?? null;
    else this.serverSecret = serverApplication ?? null;
    for (const secret of phases) {
      if (secret === undefined) continue;
      const protection = protectionOfSecret(cipher, secret, this.tags);
      if (secret === clientEarly) this.early = protection;
      if (direction.opener === null) direction.opener = new RecordOpener(protection);
      else direction.opener.append(protection);
    }
    if (direction.opener === null) return false;
    this.hadKeys = true;
    // Keys that came to hand late: records went by, of which phase nobody knows.
    if (direction.passedBytes > 0) direction.opener.lost(direction.passedBytes);
    return true;
  }
}
