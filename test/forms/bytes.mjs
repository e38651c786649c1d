/** Headers of the internet protocols, made by hand. */

/** @param {...(number | string | Uint8Array)} parts Numbers are bytes, strings Latin-1. @returns {Buffer} */
export function bytes(...parts) {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.of(part) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
}

/** @param {string} digits @returns {Buffer} */
export function hex(digits) {
  return Buffer.from(digits.replaceAll(/[\s:]/g, ''), 'hex');
}

/** @param {number} value @returns {Buffer} */
export function u16(value) {
  return Buffer.of((value >>> 8) & 255, value & 255);
}

/** @param {number} value @returns {Buffer} */
export function u32(value) {
  return bytes(u16(value >>> 16), u16(value & 0xffff));
}

/** Little-endian. @param {number} value @returns {Buffer} */
export function le16(value) {
  return u16(value).reverse();
}

/** Little-endian. @param {number} value @returns {Buffer} */
export function le32(value) {
  return u32(value).reverse();
}

/** @param {number} length @returns {Buffer} */
export function zeros(length) {
  return Buffer.alloc(length);
}

/** A header with its checksum in bytes 10 and 11. RFC 791 §3.1. @param {Buffer} header @returns {Buffer} */
export function withChecksum(header) {
  header.writeUInt16BE(0, 10);
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return header;
}

/** An IPv4 packet between the ends of a tunnel. @param {number} protocol @param {Buffer} content @returns {Buffer} */
export function ipv4(protocol, content) {
  const ends = [10, 99, 0, 1, 10, 99, 0, 2];
  return bytes(
    withChecksum(bytes(0x45, 0, u16(20 + content.length), u16(7), u16(0), 61, protocol, u16(0), ...ends)),
    content,
  );
}

/** The same over IPv6. @param {number} next @param {Buffer} content @returns {Buffer} */
export function ipv6(next, content) {
  const ends = [hex('fd99'), zeros(13), 1, hex('fd99'), zeros(13), 2];
  return bytes(u32(0x6000_0000), u16(content.length), next, 61, ...ends, content);
}

/** @param {number} port Of the receiver. @param {Buffer} content @returns {Buffer} */
export function udp(port, content) {
  return bytes(u16(50_000), u16(port), u16(8 + content.length), u16(0), content);
}
