/**
 * What must not leave with an output unless the user asks for it (`--reveal`): cookies, credentials,
 * tokens in URLs, what HTTP/2 senders mark as never to be indexed.
 *
 * In prose a target loses its query as a whole (`/a?…`): {@link targetText}. Where values are data (flow
 * lines, fields of a packet), a {@link Redaction} keeps their shape: name, length and a short hash,
 * `token=…43:9f2c1a`, so that equal values can be told equal within a run. The hash is keyed with the
 * run's salt: without the capture no guess at a value can be tried.
 */
import { createHmac } from 'node:crypto';
import { ISSUED_KEY, isSecretName, isSecretSegment, isSecretSubprotocol, isSecretValue } from './secret.js';

/** What stands for a hidden value, or begins what stands for it. */
export const HIDDEN = '…';

/** What {@link Redaction.secret} made. */
const HIDDEN_SHAPE = /^…\d+(?::[0-9a-f]{6})?$/;

/** Hex digits of a hash: enough to tell the values of a run apart. */
const HASH_DIGITS = 6;

/** `user:password@` of an absolute target, or of a CONNECT's. RFC 3986 §3.2.1. */
const USER_INFORMATION = /^((?:[a-z][a-z0-9+.-]*:)?\/\/|(?!\/))([^/?#]*)@/i;
/** Parameters in the path: session ids, where cookies are refused, and others. RFC 3986 §3.3. */
const PATH_PARAMETER = /;([^=/?#;]+)=([^/?#;]*)/g;
const PATH_SESSION = /^(?:jsessionid|phpsessid|aspsessionid|sessionid|session|sid)/i;
/** Fields whose value is a URL. */
const URL_NAME =
  /^(?::path|location|content-location|referer|origin|destination|x-original-ur[il]|x-rewrite-url|x-forwarded-ur[il]|x-requested-url|sourcemap)$/i;
/** Fields whose values hold URLs among other things. */
const URLS_NAME = /^(?:refresh|link)$/i;
/** A URL, or a reference, within such a value: in `<>`, or to its end. RFC 8288 §3. */
const URL_WITHIN = /(?<=<)[^>]*|(?=[^\s<>"';=])(?<==\s*["']?)[^\s<>"';=]*[/?#][^\s<>"']*/g;

/**
 * Secrets by their form in a text of which nothing else is known. Such a text may be a field of 64 KiB that was
 * made to cost: nothing is looked for from each letter of a word, or of a run of blanks or quotes, anew.
 */
const JSON_WEB_TOKEN = /(?<![\w-])(?=[\w-]+\.[\w-]{6})([\w-]*?)\b(eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]+)*)/g;
const ISSUED_KEYS = new RegExp(ISSUED_KEY, 'g');
/** How Kubernetes' clients hand a token to a WebSocket: as a subprotocol. */
const SUBPROTOCOL_TOKEN = /(bearer\.authorization\.k8s\.io\.)([\w-]+)/g;
const CREDENTIALS =
  /\b((?:[Bb]earer|BEARER|Basic|Negotiate|NTLM|Digest|Token) +)((?=[A-Za-z]*[\d+/=_~.-])[\w+/=~.-]{8,})/g;
const SECRET_LINE = /\b((?:set-)?cookie|(?:proxy-)?authorization)(: ?)([^\n]+)/gi;
/** What ends a sentence behind a quoted line. */
const QUOTE_MARKS = '"\')';
const USER_INFORMATION_WITHIN = /\/\/([^/?#\s<>"'@]+)@/g;
/** `user:password@host` as CONNECT has it: what stands before an address of mail looks alike, but for its scheme. */
const CREDENTIALS_OF_HOST = /(?<=^|[\s"'(<])(?!(?:mailto|acct|sips?|xmpp):)[\w.%+~-]+:[^\s/@:"'<>]+(?=@[\w[])/gi;
const PARAMETERS_WITHIN = /(^|[?&;#\s"'({,])([\w.[\]%-]+)=([^\s&;#"'<>)]*[^\s&;#"'<>),.])/g;
/** A parameter of a path that goes on behind it. */
const PATH_PARAMETERS_WITHIN = /(;)([\w.-]+)=([^/?#;\s"'<>]+)(?=\/)/g;
/** `"password": "…"` of JSON. */
const MEMBERS_WITHIN = /"([\w.-]+)"(\s*:\s*")([^"]+)/g;

const PATH_WITHIN = /\/[\w.~%:@!$&()*+-]+(?:\/[\w.~%:@!$&()*+-]+)+/g;

/** A request target for prose: its query hidden (`/a?…`), and with it fragment, user information and tokens in the path, unless `reveal`. */
export function targetText(target: string, reveal: boolean): string {
  if (reveal) return target;
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  const hidden = pathText(path, () => HIDDEN);
  return end < 0 ? hidden : `${hidden}${target[end]}${HIDDEN}`;
}

/**
 * A file's name: where it was saved under a URL's, as wget does it (`front.pcap?X-Amz-Signature=…64`), tokens
 * in it hidden unless `reveal`.
 */
export function fileNameText(name: string, reveal: boolean): string {
  const end = name.indexOf('?');
  return reveal || end < 0 ? name : name.slice(0, end) + UNSALTED.target(name.slice(end));
}

/** Whether a field of this name, in any case, carries credentials, cookies or a token. RFC 6265 §5.4, RFC 9110 §11. */
export function isSecretField(name: string): boolean {
  return isSecretName(name);
}

/** How the outputs of one run show what may be secret. */
export class Redaction {
  private salt: string | Uint8Array | null = null;

  /**
   * @param reveal Show everything as it was sent.
   * @param makeSalt Called once, when the first value is hidden; without it hashes are left out.
   */
  constructor(
    readonly reveal: boolean,
    private readonly makeSalt: (() => string | Uint8Array) | null,
  ) {}

  /** What stands for a value that must not be shown: length and hash, `…43:9f2c1a`. The value itself with `reveal`. */
  secret(value: string): string {
    if (this.reveal || value === '' || value.startsWith(HIDDEN)) return value;
    if (this.makeSalt === null) return `${HIDDEN}${value.length}`;
    this.salt ??= this.makeSalt();
    const hash = createHmac('sha256', this.salt).update(value).digest('hex').slice(0, HASH_DIGITS);
    return `${HIDDEN}${value.length}:${hash}`;
  }

  /** A request target, or any URL: tokens in query, fragment and path hidden, and user information. */
  target(target: string): string {
    if (this.reveal) return target;
    const end = target.search(/[?#]/);
    if (end < 0) return pathText(target, this.hide);
    return pathText(target.slice(0, end), this.hide) + this.parameters(target.slice(end));
  }

  /** An authority: user information hidden. */
  authority(authority: string): string {
    const end = authority.lastIndexOf('@');
    return this.reveal || end < 0 ? authority : `${this.secret(authority.slice(0, end))}@${authority.slice(end + 1)}`;
  }

  /**
   * A field's value: hidden where the name says that it is a secret, or the sender marked it as never to be
   * indexed (RFC 7541 §7.1.3); of a cookie the names stay, of credentials the scheme, of a URL what is no token.
   * Of pseudo-fields that are marked so the query alone is hidden: in HTTP/1 they stand in the start line.
   */
  field(name: string, value: string, isNeverIndexed = false): string {
    if (this.reveal) return value;
    const lower = name.toLowerCase();
    if (lower === 'cookie') return value.split(';').map(this.cookie).join(';');
    if (lower === 'set-cookie') {
      const end = value.indexOf(';');
      return end < 0 ? this.cookie(value) : this.cookie(value.slice(0, end)) + value.slice(end);
    }
    if (lower === 'authorization' || lower === 'proxy-authorization') return this.credentials(value);
    if (isNeverIndexed && lower === ':path') return this.withoutQuery(value);
    if ((isNeverIndexed && !lower.startsWith(':')) || isSecretName(name)) return this.secret(value);
    if (lower === ':authority' || lower === 'host') return this.authority(value);
    if (lower === 'sec-websocket-protocol') return this.subprotocols(value);
    if (URL_NAME.test(name)) return this.target(value);
    return this.text(URLS_NAME.test(name) ? value.replace(URL_WITHIN, (url) => this.target(url)) : value);
  }

  /** A text that holds captured words: what is a secret by its form alone is hidden, the rest stays. */
  text(text: string): string {
    if (this.reveal) return text;
    return text
      .replace(SECRET_LINE, (_, name: string, colon: string, line: string) => {
        const end = endOfQuoted(line);
        return name + colon + this.field(name, line.slice(0, end)) + line.slice(end);
      })
      .replace(CREDENTIALS, (_, scheme: string, value: string) => scheme + this.secret(value))
      .replace(JSON_WEB_TOKEN, (_, before: string, token: string) => before + this.secret(token))
      .replace(ISSUED_KEYS, this.hide)
      .replace(SUBPROTOCOL_TOKEN, (_, before: string, value: string) => before + this.secret(value))
      .replace(USER_INFORMATION_WITHIN, (_, value: string) => `//${this.secret(value)}@`)
      .replace(CREDENTIALS_OF_HOST, this.hide)
      .replace(PATH_WITHIN, (path) => segmentsText(path, this.hide))
      .replace(PATH_PARAMETERS_WITHIN, this.parameter)
      .replace(PARAMETERS_WITHIN, this.parameter)
      .replace(MEMBERS_WITHIN, (whole, name: string, between: string, value: string) =>
        isSecretParameter(name, value) ? `"${name}"${between}${this.secret(value)}` : whole,
      );
  }

  private readonly hide = (value: string): string => this.secret(value);

  private readonly parameter = (whole: string, mark: string, name: string, value: string): string =>
    isSecretParameter(name, value) ? `${mark}${name}=${this.secret(value)}` : whole;

  private withoutQuery(target: string): string {
    const end = target.indexOf('?');
    return end < 0 ? this.target(target) : `${this.target(target.slice(0, end))}?${this.secret(target.slice(end + 1))}`;
  }

  /** `sid=…32:9f2c1a`; a cookie without a name is hidden whole. RFC 6265 §5.2. */
  private readonly cookie = (pair: string): string => {
    const end = pair.indexOf('=');
    const start = pair.length - pair.trimStart().length;
    return end < 0
      ? pair.slice(0, start) + this.secret(pair.slice(start))
      : pair.slice(0, end + 1) + this.secret(pair.slice(end + 1));
  };

  /** `bearer, …43:9f2c1a`: a browser can send a token to a WebSocket in no other field. */
  private subprotocols(value: string): string {
    const offered = value.split(',');
    return offered
      .map((protocol, index) => {
        const word = protocol.trim();
        const isSecret = isSecretSubprotocol(word, offered[index - 1]?.trim() ?? '');
        return isSecret ? protocol.replace(word, this.hide) : this.text(protocol);
      })
      .join(',');
  }

  /** The scheme stays. RFC 9110 §11.4. */
  private credentials(value: string): string {
    const end = value.indexOf(' ');
    return end < 0 ? this.secret(value) : `${value.slice(0, end + 1)}${this.secret(value.slice(end + 1))}`;
  }

  /** `?a=1&token=…43:9f2c1a`, and a fragment alike. What follows a `;` without a name belongs to the value before. */
  private parameters(text: string): string {
    return text.replace(/[^?&#;]+(?:;[^?&#;=]*(?=[?&#;]|$))*/g, (pair) => {
      const end = pair.indexOf('=');
      if (end < 0) return isSecretValue(pair) ? this.secret(pair) : pair;
      const [name, value] = [pair.slice(0, end), pair.slice(end + 1)];
      return isSecretParameter(name, value) ? `${name}=${this.secret(value)}` : pair;
    });
  }
}

/** A run without secrets to compare: everything hidden, lengths kept. */
export const UNSALTED = new Redaction(false, null);

/** Where a line ends that may stand in quotes, at the end of a sentence. */
function endOfQuoted(line: string): number {
  let end = line.endsWith('.') ? line.length - 1 : line.length;
  while (end > 0 && QUOTE_MARKS.includes(line.charAt(end - 1))) end -= 1;
  return Math.max(1, end);
}

function isSecretParameter(name: string, value: string): boolean {
  return value !== '' && (isSecretName(name, value) || isSecretValue(value));
}

/** What stands before the query: user information, session ids and segments that are tokens hidden. */
function pathText(path: string, hide: (value: string) => string): string {
  const text = path
    .replace(USER_INFORMATION, (_, scheme: string, value: string) => `${scheme}${hide(value)}@`)
    .replace(PATH_PARAMETER, (whole, name: string, value: string) =>
      PATH_SESSION.test(name) || isSecretParameter(name, value) ? `;${name}=${hide(value)}` : whole,
    );
  return segmentsText(text, hide);
}

function segmentsText(path: string, hide: (value: string) => string): string {
  return path
    .split('/')
    .map((segment, index, segments) =>
      isSecretSegment(segments, index) || HIDDEN_SHAPE.test(segment) ? hide(segment) : segment,
    )
    .join('/');
}
