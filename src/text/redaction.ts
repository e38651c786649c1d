/** What must not leave with a report unless the user asks for it (`--reveal`): credentials, cookies, query strings. */

/** What stands for a hidden value. */
export const HIDDEN = '…';

/** `user:password@` of an absolute target. RFC 3986 §3.2.1. */
const USER_INFORMATION = /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i;
/** Session ids that servers write into the path when cookies are refused. */
const PATH_SESSION = /;((?:jsessionid|phpsessid|aspsessionid|sessionid|session|sid)[^=/?#;]*)=[^/?#;]*/gi;

/** Field names, or parts of names between hyphens, whose values are credentials or stand for a user. */
const SECRET_NAME =
  /(?:^|[-_])(?:cookie2?|authorization|auth|(?:access|id|refresh|auth|csrf|xsrf|security|session)?token|secret|passw(?:or)?d|credentials?|(?:api|access|subscription|functions|private|master|admin|auth)[-_]?key|session(?:[-_]?id)?|jwt|assertion|oidc|signature)(?:$|[-_])/i;
/** Fields whose values are URLs, or hold some: their queries are hidden like those of the target. */
const URL_NAME =
  /^(?:location|content-location|referer|refresh|link|origin|destination|x-original-ur[il]|x-rewrite-url|x-forwarded-ur[il]|x-requested-url|sourcemap)$/i;
/** A URL's query and fragment within a longer value. */
const QUERIES = /[?#][^\s<>"',;]+/g;
const USER_INFORMATION_WITHIN = /\/\/[^/?#\s<>"']*@/g;

/** A request target for showing: its query hidden (`/a?…`), and with it fragment, user information and session ids in the path, unless `reveal`. */
export function targetText(target: string, reveal: boolean): string {
  if (reveal) return target;
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : `${target.slice(0, end)}${target[end]}${HIDDEN}`;
  return path.replace(USER_INFORMATION, `$1//${HIDDEN}@`).replace(PATH_SESSION, `;$1=${HIDDEN}`);
}

/** A request target as sent, but for the user information in it, which is a password more often than not. */
export function withoutUserInformation(target: string): string {
  return target.replace(USER_INFORMATION, `$1//${HIDDEN}@`);
}

/** A field value for showing: hidden where the name says that it is a secret, without queries where it is a URL, unless `reveal`. */
export function fieldText(name: string, value: string, reveal: boolean): string {
  if (reveal) return value;
  if (isSecretField(name)) return HIDDEN;
  if (!URL_NAME.test(name)) return value;
  return value
    .replace(USER_INFORMATION_WITHIN, `//${HIDDEN}@`)
    .replace(PATH_SESSION, `;$1=${HIDDEN}`)
    .replace(QUERIES, (query) => `${query[0]}${HIDDEN}`);
}

/** Whether a field of this name, in any case, carries credentials, cookies or a token. RFC 6265 §5.4, RFC 9110 §11. */
export function isSecretField(name: string): boolean {
  return SECRET_NAME.test(name);
}
