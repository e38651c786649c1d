/** Slots for texts made before, a power of two: a run asks for the same few servers with each connection. */
const TEXT_SLOTS = 256;
const endpointAddresses: string[] = new Array(TEXT_SLOTS).fill('');
const endpointPorts = new Int32Array(TEXT_SLOTS).fill(-1);
const endpointTexts: string[] = new Array(TEXT_SLOTS).fill('');

/** `10.0.1.43:80`, `[2001:db8::1]:443`. RFC 3986 §3.2.2. */
export function endpointText(endpoint: { readonly address: string; readonly port: number }): string {
  const { address, port } = endpoint;
  const slot = (port * 31 + address.charCodeAt(address.length - 1) + address.length) & (TEXT_SLOTS - 1);
  if (endpointPorts[slot] === port && endpointAddresses[slot] === address) return endpointTexts[slot] ?? '';
  const text = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  endpointAddresses[slot] = address;
  endpointPorts[slot] = port;
  endpointTexts[slot] = text;
  return text;
}

/** An IPv4 address from an unsigned 32-bit word. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** An IPv6 address from four unsigned 32-bit words, in the form of RFC 5952 §4. */
export function ipv6Text(word0: number, word1: number, word2: number, word3: number): string {
  const groups = [
    word0 >>> 16,
    word0 & 0xffff,
    word1 >>> 16,
    word1 & 0xffff,
    word2 >>> 16,
    word2 & 0xffff,
    word3 >>> 16,
    word3 & 0xffff,
  ];
  // RFC 5952 §5: an IPv4-mapped address ends in dotted form.
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return `::ffff:${ipv4Text(word3)}`;
  let longestAt = -1;
  let longest = 1; // §4.2.2: a single zero group is not shortened
  for (let at = 0; at < 8; ) {
    let end = at;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - at > longest) {
      longest = end - at;
      longestAt = at;
    }
    at = end + 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (longestAt < 0) return hex.join(':');
  return `${hex.slice(0, longestAt).join(':')}::${hex.slice(longestAt + longest).join(':')}`;
}

const ipv4Words = new Int32Array(TEXT_SLOTS);
const ipv4Texts: string[] = new Array(TEXT_SLOTS).fill('0.0.0.0');

/** Either kind, from the words of a segment view. IPv4 texts made before are given again. */
export function addressText(family: 4 | 6, word0: number, word1: number, word2: number, word3: number): string {
  if (family === 6) return ipv6Text(word0, word1, word2, word3);
  const word = word0 | 0;
  const slot = (word ^ (word >>> 8) ^ (word >>> 16)) & (TEXT_SLOTS - 1);
  if (ipv4Words[slot] === word) return ipv4Texts[slot] ?? '';
  const text = ipv4Text(word0);
  ipv4Words[slot] = word;
  ipv4Texts[slot] = text;
  return text;
}
