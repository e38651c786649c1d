/** How an exchange log (exchange-log.ts) is laid out: rows of numbers, and which are kept where there is no room for all. */

/** Rows kept: some 8 MB, and all exchanges in a capture of a minute at a thousand a second. */
export const MAX_LOGGED = 65_536;

/** Ports are below this: an endpoint is its address's place among the texts, and its port. */
export const PORTS = 65_536;
/** A key's lower part is below this. */
export const WORD = 2 ** 32;

/** Columns of a row. */
export const KEY = 0;
export const STREAM = 1;
export const INDEX = 2;
export const PACKET = 3;
export const START = 4;
export const END = 5;
export const STATUS = 6;
export const ANSWER = 7;
export const CLIENT = 8;
export const SERVER = 9;
export const AUTHORITY = 10;
export const SERVER_NAME = 11;
export const SHAPE = 12;
export const TRACE = 13;
export const AGENT = 14;
export const FORWARDED = 15;
export const WIDTH = 16;

/** Columns that hold the place of a text, with a port and alone. */
export const ENDPOINTS = [CLIENT, SERVER];
export const TEXTS = [AUTHORITY, SERVER_NAME, FORWARDED];

/** Rows that there is room for at first. */
const FIRST_ROWS = 16;
/** From so many on there is room for all: memory that is not written to yet costs nothing, and to copy rows does. */
export const MANY_ROWS = 1024;

/** Stands in a row for what there was not; the texts' places and all other figures are not negative. */
export const NONE = -1;

/** Plain data; see exchange-log.ts. */
export interface ExchangeLog {
  readonly limit: number;
  /** Keys of which a part has this many low bits zero are kept. */
  level: number;
  /** Rows end to end, {@link WIDTH} numbers each: the first `size` numbers; behind them is room. */
  rows: Float64Array;
  size: number;
  /** Addresses and names of the rows, which say where they stand here. */
  texts: string[];
}

/** An empty log. */
export function exchangeLog(limit = MAX_LOGGED): ExchangeLog {
  return { limit, level: 0, rows: new Float64Array(Math.min(FIRST_ROWS, limit + 1) * WIDTH), size: 0, texts: [] };
}

/** Whether all rows of requests of this key's legs are kept, or all tries of this one. */
export function keeps(log: ExchangeLog, key: number): boolean {
  return keepsLegs(log, key) || ((key / WORD) & ((1 << log.level) - 1)) === 0;
}

/** Whether all rows are kept of requests whose legs have this key. */
export function keepsLegs({ level }: ExchangeLog, key: number): boolean {
  return (key & ((1 << level) - 1)) === 0;
}
