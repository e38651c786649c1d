/**
 * pcapng times are 64-bit counts of a unit that each interface chooses, so they neither fit a
 * double nor, per packet, deserve a BigInt. For units of 10^-n s up to n = 11 the count is divided
 * in limbs of 16 bits, each step below 2^53 and so exact. Other units (powers of 2, picoseconds)
 * are rare and take the BigInt way. draft-ietf-opsawg-pcapng §4.2 (if_tsresol, if_tsoffset).
 */

/** if_tsresol when the option is absent: microseconds. */
export const DEFAULT_RESOLUTION = 6;

/** Units per second up to which a remainder and a further limb fit a double exactly: 2^37. */
const MAX_LIMB_UNITS = 2 ** 37;

const TWO_32 = 2 ** 32;

/** The bit of if_tsresol that says: negative power of 2, not of 10. */
const POWER_OF_TWO = 0x80;

/** Turns the time stamps of one interface into seconds and nanoseconds since the epoch. */
export class InterfaceClock {
  /** Of the time stamp last given: whole seconds, and nanoseconds 0 to 999,999,999. */
  seconds = 0;
  nanoseconds = 0;

  private readonly unitsPerSecond: bigint;
  /** Units per second as a double where limbs can do it, else 0. */
  private readonly limbUnits: number;

  constructor(
    resolution: number = DEFAULT_RESOLUTION,
    /** if_tsoffset: seconds to add, signed. */
    private readonly offsetSeconds: number = 0,
  ) {
    const exponent = BigInt(resolution & 0x7f);
    this.unitsPerSecond = (resolution & POWER_OF_TWO) === 0 ? 10n ** exponent : 2n ** exponent;
    const decimal = (resolution & POWER_OF_TWO) === 0 && this.unitsPerSecond <= BigInt(MAX_LIMB_UNITS);
    this.limbUnits = decimal ? Number(this.unitsPerSecond) : 0;
  }

  /** Takes the two 32-bit words of a time stamp; sets {@link seconds} and {@link nanoseconds}. */
  set(high: number, low: number): void {
    const units = this.limbUnits;
    if (units === 0) {
      this.setByBigInt(high, low);
      return;
    }
    const count = high * TWO_32 + low;
    let seconds: number;
    let rest: number;
    if (count <= Number.MAX_SAFE_INTEGER) {
      seconds = Math.floor(count / units);
      rest = count - seconds * units;
    } else {
      const first = Math.floor(high / units);
      rest = (high - first * units) * 65_536 + (low >>> 16);
      const second = Math.floor(rest / units);
      rest = (rest - second * units) * 65_536 + (low & 0xffff);
      const third = Math.floor(rest / units);
      rest -= third * units;
      seconds = (first * 65_536 + second) * 65_536 + third;
    }
    this.seconds = seconds + this.offsetSeconds;
    this.nanoseconds = units <= 1e9 ? rest * (1e9 / units) : Math.floor(rest / (units / 1e9));
  }

  private setByBigInt(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low);
    const units = this.unitsPerSecond;
    this.seconds = Number(count / units) + this.offsetSeconds;
    this.nanoseconds = Number(((count % units) * 1_000_000_000n) / units);
  }
}
