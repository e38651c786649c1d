/**
 * Names and addresses put in place of others, by a key: equal ones become equal, and nobody without
 * the key can tell what they were.
 *
 * Words keep their length, their letters' case and, so that they can stand in HTTP/2's compressed
 * field blocks, the length of each letter's Huffman code (RFC 7541 appendix B). Addresses keep common
 * prefixes in common (Xu et al., "Prefix-Preserving IP Address Anonymization", 2002), and private,
 * loopback and multicast ones stay what they are.
 */
import { createHmac } from 'node:crypto';
import { huffmanBits } from '../http/hpack/huffman.js';
import { isKeptWord } from './vocabulary.js';

/** Words and addresses remembered: what a connection repeats need not be computed again. */
const MAX_REMEMBERED = 65_536;

const WORD = /%[0-9A-Fa-f]{2}|[A-Za-z0-9]+|[\u0080-\u00ff]+/g;
/** A port behind a host stays: `:8080`. */
const PORT = /(?<=[\w\]]):\d{1,5}(?![\w.])/g;
/** What has dots, or stands behind two slashes, may be a host. Only begun where a word begins: a long one is tried once. */
const HOST = /(?<=\/\/)[\w.-]+|(?<![\w-])[\w-]+(?:\.[\w-]+)+/g;

/** See the head of this file. */
export class Pseudonyms {
  private readonly words = new Map<string, string>();
  private readonly bits = new Map<string, number>();

  constructor(private readonly key: Uint8Array) {}

  /** A text with every word of it replaced but those that say nothing of anybody. Latin-1, as long as before. */
  text(text: string): string {
    return between(text, PORT, (part) =>
      between(
        part.replace(HOST, (host) => this.secret(host)),
        HOST,
        (rest) => this.wordsOf(rest),
      ),
    );
  }

  /** A host, with its port where it has one: every name in it replaced. */
  authority(text: string): string {
    return between(text, PORT, (part) => this.secret(part));
  }

  /** Every word replaced, without exception. */
  secret(text: string): string {
    return text.replace(WORD, (word) => this.word(word));
  }

  /** Four bytes to four. */
  ipv4(word: number): number {
    const kept = keptBitsOfIpv4(word >>> 0);
    let mapped = this.ipv4Behind(word, kept);
    // A public address must not become one that is special.
    while (kept === 0 && keptBitsOfIpv4(mapped) > 0) mapped = this.ipv4Behind(mapped, 0);
    return mapped;
  }

  /** Sixteen bytes to sixteen, as four words. */
  ipv6(words: readonly [number, number, number, number]): readonly [number, number, number, number] {
    const [w0, w1, w2, w3] = words;
    if (w0 === 0 && w1 === 0 && w2 === 0 && w3 <= 1) return words;
    if (w0 === 0 && w1 === 0 && w2 === 0xffff) return [0, 0, 0xffff, this.ipv4(w3)];
    // Link-local, unique local, multicast, and the part from which global addresses are given: RFC 4291 §2.4.
    const top = w0 >>> 24;
    const kept = w0 >>> 22 === 0x3fa ? 64 : top === 0xff ? 16 : (top & 0xfe) === 0xfc ? 8 : 3;
    const mapped: [number, number, number, number] = [0, 0, 0, 0];
    let prefix = '';
    for (let bit = 0; bit < 128; bit += 1) {
      const word = bit >> 5;
      const original = ((words[word] ?? 0) >>> (31 - (bit & 31))) & 1;
      const shown = bit < kept ? original : original ^ this.bit(`6:${prefix}`);
      mapped[word] = (((mapped[word] ?? 0) << 1) | shown) >>> 0;
      prefix += original;
    }
    return mapped;
  }

  /** A link-layer address, six bytes as a number; what it says of itself (multicast, local) stays. */
  mac(mac: number): number {
    if (mac === 0 || mac === 0xffffffffffff) return mac;
    const digest = createHmac('sha256', this.key).update(`mac:${mac}`).digest();
    const first = ((digest[0] ?? 0) & 0xfc) | (Math.floor(mac / 2 ** 40) & 0x03);
    return first * 2 ** 40 + digest.readUIntBE(1, 5);
  }

  /** Bytes that look like nothing, the same for the same. */
  bytes(original: Uint8Array): Uint8Array {
    const out = Buffer.alloc(original.length);
    for (let at = 0, block = 0; at < out.length; at += 32, block += 1) {
      createHmac('sha256', this.key).update(`bytes:${block}:`).update(original).digest().copy(out, at);
    }
    return out;
  }

  private ipv4Behind(word: number, kept: number): number {
    let mapped = 0;
    for (let bit = 0; bit < 32; bit += 1) {
      const original = (word >>> (31 - bit)) & 1;
      const prefix = bit === 0 ? 0 : word >>> (32 - bit);
      mapped = (mapped << 1) | (bit < kept ? original : original ^ this.bit(`4:${bit}:${prefix}`));
    }
    return mapped >>> 0;
  }

  private wordsOf(text: string): string {
    return text.replace(WORD, (word) => (isKeptWord(word) ? word : this.word(word)));
  }

  private word(word: string): string {
    const known = this.words.get(word);
    if (known !== undefined) return known;
    const isHex = word.startsWith('%');
    const there = this.shifted([...word], isHex, 'there');
    const out = this.shifted(there.reverse(), isHex, 'back').reverse().join('');
    if (this.words.size < MAX_REMEMBERED) this.words.set(word, out);
    return out;
  }

  /**
   * Each letter moved on among those like it, by as much as the key and the letters before it say. That can
   * be undone letter by letter, so that no two words become one; done once from each end, every letter
   * depends on all.
   */
  private shifted(word: readonly string[], isHex: boolean, way: string): string[] {
    let before = `word:${word.length}:${way}`;
    return word.map((letter) => {
      const letters = lettersLike(letter, isHex);
      const digest = createHmac('sha256', this.key).update(before).digest();
      // Upper and lower case lead on to the same.
      before = digest.toString('latin1') + letter.toLowerCase();
      return letters.charAt((letters.indexOf(letter) + digest.readUInt32BE(0)) % letters.length);
    });
  }

  private bit(input: string): number {
    const known = this.bits.get(input);
    if (known !== undefined) return known;
    const bit = (createHmac('sha256', this.key).update(input).digest()[0] ?? 0) & 1;
    if (this.bits.size < MAX_REMEMBERED) this.bits.set(input, bit);
    return bit;
  }
}

/** A text of which what matches stays, and the rest becomes something else. */
function between(text: string, kept: RegExp, map: (part: string) => string): string {
  let out = '';
  let from = 0;
  for (const { 0: stays, index } of text.matchAll(kept)) {
    out += map(text.slice(from, index)) + stays;
    from = index + stays.length;
  }
  return out + map(text.slice(from));
}

const KINDS = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'] as const;
const HEX_KINDS = ['abcdef', 'ABCDEF', '0123456789'] as const;
const HIGH = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join('');
const remembered = new Map<string, string>();

/** Letters of the same kind with a code of the same length. */
function lettersLike(letter: string, isHex: boolean): string {
  const key = `${isHex}${letter}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const kinds: readonly string[] = isHex ? HEX_KINDS : KINDS;
  const kind = letter >= '\u0080' ? HIGH : (kinds.find((letters) => letters.includes(letter)) ?? letter);
  const bits = huffmanBits(letter.charCodeAt(0));
  const letters = [...kind].filter((other) => huffmanBits(other.charCodeAt(0)) === bits).join('');
  remembered.set(key, letters);
  return letters;
}

/** Bits of an IPv4 address that say of which kind it is. RFC 6890. */
function keptBitsOfIpv4(word: number): number {
  const first = word >>> 24;
  if (first === 0 || first === 10 || first === 127) return 8;
  if (word >>> 22 === 0x191) return 10;
  if (word >>> 20 === 0xac1) return 12;
  if (word >>> 16 === 0xc0a8 || word >>> 16 === 0xa9fe) return 16;
  if (first >= 224) return word === 0xffffffff ? 32 : 4;
  return 0;
}
