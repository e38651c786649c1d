/** The texts of an exchange log: each stands once, and rows name it by its place. */
import { hostNameOf } from '../../text/host-name.js';
import { AUTHORITY, ENDPOINTS, type ExchangeLog, NONE, PORTS, TEXTS, WIDTH } from './exchange-rows.js';

/** Has a row name its texts, which stand in `texts`, by where they stand in the log. */
export function placeTexts(log: ExchangeLog, row: number, texts: readonly string[]): void {
  const { rows } = log;
  for (const column of ENDPOINTS) {
    const value = rows[row + column] ?? 0;
    const place = Math.floor(value / PORTS);
    rows[row + column] = placeOf(log, texts[place] ?? '', column) * PORTS + (value - place * PORTS);
  }
  for (const column of TEXTS) {
    const place = rows[row + column] ?? NONE;
    if (place !== NONE) rows[row + column] = placeOf(log, texts[place] ?? '', column);
  }
}

/** Where a text stands in the log, which it is added to where it is new. */
export function placeOf(log: ExchangeLog, text: string, column: number): number {
  const { texts } = log;
  if (LAST_TEXTS[column] === text && LAST_LISTS[column] === texts) return LAST_PLACES[column] ?? 0;
  let places = PLACES.get(texts);
  if (places === undefined) {
    places = new Map(texts.map((known, place) => [known, place]));
    PLACES.set(texts, places);
  }
  let place = places.get(text);
  if (place === undefined) {
    place = texts.length;
    texts.push(text);
    places.set(text, place);
  }
  LAST_TEXTS[column] = text;
  LAST_LISTS[column] = texts;
  LAST_PLACES[column] = place;
  return place;
}

/** Where each text of a list stands: made of the list where it comes from elsewhere. */
const PLACES = new WeakMap<readonly string[], Map<string, number>>();

/** What was asked for last in each column: mostly the same again. */
const LAST_TEXTS: string[] = new Array<string>(WIDTH).fill('');
const LAST_LISTS: (readonly string[])[] = new Array<readonly string[]>(WIDTH).fill([]);
const LAST_PLACES: number[] = new Array<number>(WIDTH).fill(0);

/** Characters of what is asked for in place of a name: an address and a port. */
const MAX_AUTHORITY = 64;

/**
 * The same of whom a request asks for: the name, without a port; an address with its port, as it stands there, which
 * a proxy hands on like a name.
 */
export function placeOfAuthority(log: ExchangeLog, authority: string | null): number {
  const name = authority === null ? null : hostNameOf(authority);
  if (name !== null) return placeOf(log, name, AUTHORITY);
  const isAddress = authority !== null && authority !== '' && authority.length <= MAX_AUTHORITY;
  return isAddress ? placeOf(log, authority, AUTHORITY) : NONE;
}

/** The same of the name of a host, without a port; `NONE` where there is none, or it is none. */
export function placeOfName(log: ExchangeLog, authority: string | null, column: number): number {
  const name = authority === null ? null : hostNameOf(authority);
  return name === null ? NONE : placeOf(log, name, column);
}
