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
  ...['passcode', 'pwd', 'secret', 'session', 'sess', 'sig', 'signature', 'token', 'tokens'],
  ...['samlrequest', 'samlresponse'],
]);
/** Endings of names that are written as one word. */
const ENDINGS = /(?:token|secret|password|passwd|apikey|sessionid|sessid|signature|authkey|accesskey)$/;
/** Before `key`: not any key is a secret (`surrogate-key`, `sort-key`). */
const KEYS: ReadonlySet<string> = new Set([
  ...['api', 'access', 'subscription', 'functions', 'private', 'master', 'admin', 'auth', 'account'],
  ...['shared', 'signing', 'encryption', 'license', 'secret', 'session', 'ssh'],
]);
/** Fields that hold no secret of anybody's, though a word says so. */
const HARMLESS: ReadonlySet<string> = new Set(['www-authenticate', 'proxy-authenticate', 'authentication-info']);
/** Secret only with a value that may be one: OAuth's code and state, keys, tickets. */
const WEAK_WORDS: ReadonlySet<string> = new Set(['code', 'key', 'state', 'nonce', 'ticket', 'pin', 'sid']);
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
    if (word === 'key' && KEYS.has(words[index - 1] ?? '')) return true;
    return WEAK_WORDS.has(word) && words.length === 1 && value !== undefined && isDense(value);
  });
}

/** A JSON web token: a header, and what it heads. RFC 7519 §3. */
const JSON_WEB_TOKEN = /eyJ[\w-]{6,}\.[\w-]{6,}/;

/** Whether a parameter's value, as sent, is a JSON web token, or a URL that carries a secret. */
export function isSecretValue(value: string): boolean {
  const decoded = percentDecoded(value);
  if (JSON_WEB_TOKEN.test(decoded)) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(decoded)) return true;
  for (const [, name = '', inner = ''] of decoded.matchAll(/[?&;#]([\w.[\]-]+)=([^&;#]+)/g))
    if (isSecretName(name, inner)) return true;
  return false;
}

/** What stands before a token in a path: `/password/reset/TOKEN`, `/webhooks/ID/TOKEN`. */
const BEFORE_TOKEN =
  /^(?:tokens?|reset|reset[-_]?password|password|invit(?:e|es|ation|ations)|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)|unlock|magic(?:[-_]?link)?|sessions?|auth|unsubscribe|(?:web)?hooks?)$/i;
/** Telegram's bots. */
const BOT = /^bot\d+:[\w-]{20,}$/;

/** Whether segment `index` of a path is a token: by its form, or by what stands before it. */
export function isSecretSegment(segments: readonly string[], index: number): boolean {
  const segment = segments[index] ?? '';
  if (segment.length < WEAK_LENGTH) return false;
  if (JSON_WEB_TOKEN.test(segment) || BOT.test(segment)) return true;
  const isAfter = [1, 2, 3].some((back) => {
    const before = segments[index - back] ?? '';
    return back === 1 ? BEFORE_TOKEN.test(before) : /^(?:web)?hooks?$|^services$/i.test(before);
  });
  return isAfter && isDense(segment) && !segment.includes('.');
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
