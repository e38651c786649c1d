/**
 * Whether a name says that its value is a secret, and whether a value is one by its form.
 *
 * Names are taken apart into words (`x-api-key`, `accessToken`, `user[password]`), since they are
 * written in every style; a name that often means something harmless (`code`, `key`) needs a value
 * that could be a secret. Values that are merely random stay: nearly all of them are ids, which
 * whoever reads a capture looks for.
 */

/** One of these words in a name is enough. */
const WORDS: ReadonlySet<string> = new Set([
  ...['auth', 'authorization', 'authentication', 'bearer', 'cookie', 'cookie2', 'credential', 'credentials', 'creds'],
  ...['csrf', 'xsrf', 'hmac', 'jwt', 'oidc', 'assertion', 'otp', 'totp', 'pass', 'passwd', 'password', 'passphrase'],
  ...['passcode', 'pw', 'pwd', 'pswd', 'secret', 'session', 'sess', 'sig', 'signature', 'token', 'tokens'],
  ...['samlrequest', 'samlresponse', 'verifier'],
]);
/** Endings of names that are written as one word. */
const ENDINGS =
  /(?:token|secret|password|passwd|sessionid|sessid|signature|(?:api|app|auth|access|private|secret|consumer)key)$/;
/** Before `key`: not any key is a secret (`surrogate-key`, `sort-key`). */
const KEYS: ReadonlySet<string> = new Set([
  ...['api', 'access', 'subscription', 'functions', 'private', 'master', 'admin', 'auth', 'account'],
  ...['shared', 'signing', 'encryption', 'license', 'secret', 'session', 'ssh'],
  ...['app', 'application', 'client', 'consumer', 'customer', 'deploy', 'ingest', 'insert', 'rapidapi', 'server'],
  ...['service', 'team', 'user', 'webhook', 'write'],
]);
/** Before `code`: not any code is a secret (`status_code`, `country-code`). */
const CODES: ReadonlySet<string> = new Set([
  ...['access', 'activation', 'backup', 'confirmation', 'device', 'invitation', 'invite', 'login', 'recovery', 'reset'],
  ...['sms', 'user', 'verification', 'verify'],
]);
/** Fields that hold no secret of anybody's, though a word says so. */
const HARMLESS: ReadonlySet<string> = new Set(['www-authenticate', 'proxy-authenticate', 'authentication-info']);
/** Secret only with a value that may be one: OAuth's code and state, keys, tickets, the hash of nginx's secure links. */
const WEAK_WORDS: ReadonlySet<string> = new Set([
  ...['code', 'key', 'state', 'nonce', 'ticket', 'pin', 'sid', 'sas', 'md5'],
]);
/** Characters of the shortest such value. */
const WEAK_LENGTH = 12;

/**
 * Whether a field or parameter of this name holds a secret.
 *
 * @param value What it holds, where that is known: decides for names like `code`.
 */
export function isSecretName(name: string, value?: string): boolean {
  const decoded = percentDecoded(name);
  const whole = decoded.toLowerCase();
  if (HARMLESS.has(whole)) return false;
  if (ENDINGS.test(whole)) return true;
  const words = decoded
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word, index) => {
    if (WORDS.has(word) || ENDINGS.test(word)) return true;
    const before = words[index - 1] ?? '';
    if ((word === 'key' && KEYS.has(before)) || (word === 'code' && CODES.has(before))) return true;
    return WEAK_WORDS.has(word) && words.length === 1 && value !== undefined && isDense(value);
  });
}

/** A JSON web token: a header, and what it heads. RFC 7519 §3. */
const JSON_WEB_TOKEN = /(?<![\w-])(?=[\w-]+\.[\w-]{6})[\w-]*?eyJ[\w-]{6,}\./;

/**
 * Keys that those who issue them gave a form of their own, so that they are found where they do not belong:
 * GitHub, GitLab, Slack, Stripe, OpenAI and those like it, Google, npm, Hugging Face, Vault, Shopify, SendGrid, DigitalOcean.
 */
export const ISSUED_KEY = new RegExp(
  `(?<![\\w-])(?:${[
    /gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|ptt|rt|dt|cbt|soat)-[\w-]{16,}/,
    /xox[abceoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}|(?:[prs]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,}/,
    /sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}/,
    /npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{20,}|hv[bs]\.[\w-]{16,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{20,}/,
    /SG\.[\w-]{16,}\.[\w-]{16,}|do[opr]_v1_[0-9a-f]{40,}/,
  ]
    .map(({ source }) => source)
    .join('|')})`,
);

/** How often a URL is encoded within another's parameter, and that within a third's. */
const MAX_ENCODINGS = 3;

/** Whether a parameter's value, as sent, is a JSON web token, or a URL that carries a secret. */
export function isSecretValue(value: string): boolean {
  let decoded = value;
  for (let encodings = 0; encodings < MAX_ENCODINGS; encodings += 1) {
    if (holdsSecret(decoded)) return true;
    const more = percentDecoded(decoded);
    if (more === decoded) return false;
    decoded = more;
  }
  return holdsSecret(decoded);
}

function holdsSecret(text: string): boolean {
  if (JSON_WEB_TOKEN.test(text) || ISSUED_KEY.test(text)) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(text)) return true;
  // Akamai's tokens have `~` between their fields.
  for (const [, name = '', inner = ''] of text.matchAll(/[?&;#~]([\w.[\]-]+)=([^&;#~]+)/g))
    if (isSecretName(name, inner)) return true;
  return false;
}

/** One of these words is in the segment before a token: `/password-reset/TOKEN`, `/verify_email/TOKEN`, `/webhooks/ID/TOKEN`. */
const BEFORE_TOKEN =
  /^(?:tokens?|reset|password|passwd|forgot(?:ten)?|recover(?:y)?|invit(?:e|es|ation|ations)|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)|unlock|magic(?:link)?|log-?in|sign-?in|sso|sessions?|auth|unsubscribe|opt-?out|(?:web)?hooks?)$/i;
/** As these are, also with an id between: Django's `/reset/MQ/TOKEN/`, Laravel's `/email/verify/42/HASH`. */
const BEFORE_ID =
  /^(?:reset|password|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)|unsubscribe|(?:web)?hooks?|services)$/i;
/** Three before it: Slack's `/services/T000/B000/TOKEN`. */
const BEFORE_IDS = /^(?:(?:web)?hooks?|services)$/i;
/** Telegram's bots. */
const BOT = /^bot\d+:[\w-]{20,}$/;

/** Whether segment `index` of a path is a token: by its form, or by what stands before it. */
export function isSecretSegment(segments: readonly string[], index: number): boolean {
  const segment = segments[index] ?? '';
  if (segment.length < WEAK_LENGTH) return false;
  if (JSON_WEB_TOKEN.test(segment) || BOT.test(segment) || ISSUED_KEY.test(segment)) return true;
  if (segment.includes('%') && isSecretValue(segment)) return true;
  const isAfter =
    hasWord(segments[index - 1], BEFORE_TOKEN) ||
    hasWord(segments[index - 2], BEFORE_ID) ||
    hasWord(segments[index - 3], BEFORE_IDS);
  return isAfter && isDense(segment) && !segment.includes('.');
}

function hasWord(segment: string | undefined, word: RegExp): boolean {
  return segment !== undefined && (word.test(segment) || segment.split(/[-_]/).some((part) => word.test(part)));
}

/** Characters of the longest name of a subprotocol that is not in doubt. */
const SUBPROTOCOL_LENGTH = 23;

/** Whether a WebSocket's subprotocol is none but a token: named as one by the one before it, or by its form. */
export function isSecretSubprotocol(protocol: string, before: string): boolean {
  if (protocol.includes('.k8s.io')) return false;
  if (/^(?:bearer|token|auth|jwt)[-_.]./i.test(protocol)) return true;
  return isSecretName(before) || (protocol.length > SUBPROTOCOL_LENGTH && isDense(protocol));
}

/** Long enough for a secret, of the letters that secrets are made of, and no mere word or number. */
function isDense(value: string): boolean {
  return value.length >= WEAK_LENGTH && /\d/.test(value) && /[A-Za-z]/.test(value) && /^[\w+/=~.%-]+$/.test(value);
}

/** Percent-encoding undone, as far as it is any. RFC 3986 §2.1. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
