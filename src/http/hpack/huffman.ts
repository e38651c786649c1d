/**
 * The Huffman code of string literals. RFC 7541 §5.2 and appendix B.
 *
 * The code is canonical: codes of one length follow each other in the order of their symbols, and
 * the first code of a length follows the last of the length before. So the lengths tell it all.
 * Decoding is a walk through the code tree, a byte a step: no code is shorter than five bits, so that
 * a step ends two symbols at most.
 */

/** The symbol that no string may hold: its code is the padding. */
const EOS = 256;

/** Bits of each symbol's code, by symbol; the last is EOS. */
const CODE_LENGTHS: readonly number[] = [
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  ...[28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  ...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  ...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  ...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  ...[7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  ...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  ...[6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  ...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  ...[24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  ...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  ...[21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  ...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  ...[19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  ...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  ...[26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
  ...[30],
];

const LONGEST_CODE = 30;
/** Padding is shorter than a byte, RFC 7541 §5.2. */
const MAX_PADDING_BITS = 7;

const ROOT = 0;
/** What a step gives, in one number: the next node, how many symbols, each of them, whether it failed. */
const NODE_BITS = 0xff;
const FIRST_SHIFT = 8;
const SECOND_SHIFT = 16;
const ONE_SYMBOL = 1 << 24;
const TWO_SYMBOLS = 2 << 24;
const FAILED = 4 << 24;

/** Inner nodes: one fewer than there are symbols. */
const NODES = CODE_LENGTHS.length - 1;
/** The step from each node by each byte, laid out when the first string is decoded. */
let steps: Int32Array | null = null;
/** 1 for each node at which a string may end: behind a symbol, or within padding of ones. */
const MAY_END = new Uint8Array(NODES);

/**
 * Decodes [start, end) into `into`; gives the number of bytes it decodes to, -1 when it is malformed.
 *
 * What `into` cannot hold is counted and not written.
 */
export function decodeHuffman(view: Uint8Array, start: number, end: number, into: Uint8Array): number {
  steps ??= stepsOfCode();
  const table = steps;
  const room = into.length;
  let node = ROOT;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const step = table[(node << 8) | (view[at] ?? 0)] ?? FAILED;
    node = step & NODE_BITS;
    if (step < ONE_SYMBOL) continue;
    if (step >= FAILED) return -1;
    if (length < room) into[length] = (step >> FIRST_SHIFT) & 0xff;
    length += 1;
    if (step < TWO_SYMBOLS) continue;
    if (length < room) into[length] = (step >> SECOND_SHIFT) & 0xff;
    length += 1;
  }
  return MAY_END[node] === 1 ? length : -1;
}

/** Bits of a byte's code. */
export function huffmanBits(byte: number): number {
  return CODE_LENGTHS[byte] ?? LONGEST_CODE;
}

/** Codes by symbol, laid out when the first string is encoded. */
let codes: Int32Array | null = null;

/** A string in the code, padded with ones. */
export function encodeHuffman(bytes: Uint8Array): Uint8Array {
  codes ??= codesInOrder();
  const length = bytes.reduce((sum, byte) => sum + huffmanBits(byte), 0);
  const encoded = new Uint8Array(Math.ceil(length / 8));
  let at = 0;
  const put = (bit: number) => {
    encoded[at >> 3] = (encoded[at >> 3] ?? 0) | (bit << (7 - (at & 7)));
    at += 1;
  };
  for (const byte of bytes) {
    const code = codes[byte] ?? 0;
    for (let bit = huffmanBits(byte) - 1; bit >= 0; bit -= 1) put((code >>> bit) & 1);
  }
  while (at < encoded.length * 8) put(1);
  return encoded;
}

/** See the head of this file. */
function codesInOrder(): Int32Array {
  const inOrder = new Int32Array(CODE_LENGTHS.length);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    CODE_LENGTHS.forEach((bits, symbol) => {
      if (bits !== length) return;
      inOrder[symbol] = code;
      code += 1;
    });
    code *= 2;
  }
  return inOrder;
}

/** Lays out the code tree, and from it the steps. */
function stepsOfCode(): Int32Array {
  // A child is an inner node's number, or a symbol as -1 - symbol.
  const children = new Int16Array(NODES * 2).fill(NODES);
  let used = 1;
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    CODE_LENGTHS.forEach((bits, symbol) => {
      if (bits !== length) return;
      let node = ROOT;
      for (let bit = length - 1; bit > 0; bit -= 1) {
        const place = node * 2 + ((code >>> bit) & 1);
        if (children[place] === NODES) {
          children[place] = used;
          used += 1;
        }
        node = children[place] ?? ROOT;
      }
      children[node * 2 + (code & 1)] = -1 - symbol;
      code += 1;
    });
    code *= 2;
  }
  const laidOut = new Int32Array(NODES * 256);
  for (let node = 0; node < NODES; node += 1)
    for (let byte = 0; byte < 256; byte += 1) laidOut[node * 256 + byte] = stepOf(children, node, byte);
  for (let node = ROOT, bits = 0; bits <= MAX_PADDING_BITS; bits += 1) {
    MAY_END[node] = 1;
    node = children[node * 2 + 1] ?? ROOT;
  }
  return laidOut;
}

function stepOf(children: Int16Array, from: number, byte: number): number {
  let node = from;
  let symbols = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    const child = children[node * 2 + ((byte >> bit) & 1)] ?? -1 - EOS;
    if (child >= 0) {
      node = child;
      continue;
    }
    const found = -1 - child;
    if (found === EOS) return FAILED;
    symbols += ONE_SYMBOL + (found << (symbols === 0 ? FIRST_SHIFT : SECOND_SHIFT));
    node = ROOT;
  }
  return node | symbols;
}
