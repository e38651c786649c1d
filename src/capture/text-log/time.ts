/** When a printed packet was: the forms of tcpdump's -t to -ttttt, and those of Wireshark and tshark. */

/** A time as printed. */
export interface PrintedTime {
  /** Epoch nanoseconds; without a date, of the first of January 1970. */
  readonly atNs: bigint;
  readonly hasDate: boolean;
  /** Counted from the first packet: no time of day. */
  readonly isRelative: boolean;
  /** Behind its last character. */
  readonly end: number;
}

const DATE_AND_TIME = /(?:^|[^\d:.])(?:(\d{4})-(\d\d)-(\d\d)[ T])?(\d\d):(\d\d):(\d\d)\.(\d{1,9})(?=Z?\s)Z?/;
const EPOCH = /(?:^|[\s>|])(\d{9,10})\.(\d{6,9})(?=\s)/;
/** A time stands near the beginning of its line; what is behind is something else's. */
const BEGINNING = 200;

/** The first time in a line; `null`: there is none. */
export function timeIn(line: string): PrintedTime | null {
  const beginning = line.slice(0, BEGINNING);
  const match = DATE_AND_TIME.exec(beginning);
  if (match !== null) {
    const [whole, year, month, day, hours, minutes, seconds, fraction = ''] = match;
    const date = year === undefined ? 0 : Date.UTC(Number(year), Number(month) - 1, Number(day));
    const second = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const atNs = BigInt(date) * 1_000_000n + secondsNs(second, fraction);
    return { atNs, hasDate: year !== undefined, isRelative: false, end: match.index + whole.length };
  }
  const epoch = EPOCH.exec(beginning);
  if (epoch === null) return null;
  const [whole, seconds, fraction = ''] = epoch;
  return {
    atNs: secondsNs(Number(seconds), fraction),
    hasDate: true,
    isRelative: false,
    end: epoch.index + whole.length,
  };
}

/** Whole seconds and the digits behind the point, as nanoseconds. */
export function secondsNs(seconds: number, fraction: string): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}
