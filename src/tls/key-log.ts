/**
 * NSS key logs: which secrets open which session.
 * https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-02.html
 *
 * A line is `LABEL client-random secret`, the latter two in hex. What is no such line is passed over:
 * comments, empty lines, labels that open no record, a last line cut short. Secrets stay in here
 * and in the decoders; nothing prints them but an extract whose maker asks for it.
 */

/** Labels that open records; exporter secrets and what else may stand in a log does not. */
const LABELS = {
  CLIENT_RANDOM: 'master',
  CLIENT_EARLY_TRAFFIC_SECRET: 'clientEarly',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: 'clientHandshake',
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'serverHandshake',
  CLIENT_TRAFFIC_SECRET_0: 'clientApplication',
  SERVER_TRAFFIC_SECRET_0: 'serverApplication',
} as const satisfies Record<string, string>;

type SecretName = (typeof LABELS)[keyof typeof LABELS];

/** What a log holds for one session. RFC 8446 §7.1, RFC 5246 §8.1. */
export type SessionSecrets = { readonly [K in SecretName]?: Uint8Array };

/** Sessions kept: some 100 MB of secrets. Beyond it further sessions have no key, which is reported as such. */
export const MAX_SESSIONS = 200_000;

const LINE = /^([A-Z][A-Z0-9_]*) ([0-9a-fA-F]{64}) ((?:[0-9a-fA-F]{2}){1,64})\r?$/;
/** Bytes of a master secret. RFC 5246 §8.1. */
const MASTER_SECRET_BYTES = 48;

const FIRST_SECRET = new RegExp(`^(?:${Object.keys(LABELS).join('|')}) [0-9a-fA-F]{64} [0-9a-fA-F]`, 'm');

/** Whether a text has a line of a key log, whatever else stands in it. */
export function holdsSecrets(text: string): boolean {
  return FIRST_SECRET.test(text);
}

/** What opens all records but early data. */
function isWhole(secrets: SessionSecrets): boolean {
  if (secrets.master !== undefined) return true;
  const ofClient = secrets.clientHandshake !== undefined && secrets.clientApplication !== undefined;
  return ofClient && secrets.serverHandshake !== undefined && secrets.serverApplication !== undefined;
}

/** See the head of this file. */
export class KeyLog {
  /** A session was asked for that is not in it, or in part: who logs while capturing writes line by line. */
  hasMissed = false;
  /** Some text was taken in, whatever it holds. */
  wasGiven = false;
  private readonly sessions = new Map<string, { -readonly [K in keyof SessionSecrets]: SessionSecrets[K] }>();

  /** Takes in the lines of a log, or of a part of one that ends with a whole line. */
  add(text: string): void {
    this.wasGiven = true;
    for (let from = 0; from < text.length; ) {
      let to = text.indexOf('\n', from);
      if (to < 0) to = text.length;
      // A line longer than any of ours is none, and costs no match.
      if (to - from <= 512) this.addLine(text.slice(from, to));
      from = to + 1;
    }
  }

  /** Whether there is no session in it. */
  get isEmpty(): boolean {
    return this.sessions.size === 0;
  }

  /** The secrets of the session whose ClientHello has this random (64 hex digits in lower case); `null`: none. */
  secretsOf(clientRandom: string): SessionSecrets | null {
    const secrets = this.sessions.get(clientRandom);
    if (secrets === undefined || !isWhole(secrets)) this.hasMissed = true;
    return secrets ?? null;
  }

  /** The lines of a session, as a key log has them; empty: none. Asking counts for nothing. */
  linesOf(clientRandom: string): string {
    const secrets = this.sessions.get(clientRandom) ?? {};
    return Object.entries(LABELS)
      .map(([label, name]) => {
        const secret = secrets[name];
        return secret === undefined ? '' : `${label} ${clientRandom} ${Buffer.from(secret).toString('hex')}\n`;
      })
      .join('');
  }

  private addLine(line: string): void {
    const [, label = '', random = '', secret = ''] = LINE.exec(line) ?? [];
    if (!Object.hasOwn(LABELS, label)) return;
    const name = LABELS[label as keyof typeof LABELS];
    const bytes = Buffer.from(secret, 'hex');
    if (name === 'master' && bytes.length !== MASTER_SECRET_BYTES) return;
    const key = random.toLowerCase();
    let secrets = this.sessions.get(key);
    if (secrets === undefined) {
      if (this.sessions.size >= MAX_SESSIONS) return;
      secrets = {};
      this.sessions.set(key, secrets);
    }
    secrets[name] = bytes;
  }
}
