/**
 * What a network card or kernel hands on when it puts segments together before they are captured
 * (GRO, LRO): one packet in place of several of one direction that follow each other.
 */

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {{ flow: string, back: string, sourcePort: number, targetPort: number, sequence: number, flags: number, ip: number, payload: number, end: number }} Segment Where its parts begin and end. */

const PUSH = 0x08;
const ACK = 0x10;
/** Largest packet that is put together. */
const MAX_BYTES = 65_000;

/** The segment in an Ethernet or Linux cooked frame of IPv4; `null`: there is none. @param {Buffer} data @returns {Segment | null} */
export function segmentOf(data) {
  for (const ip of [14, 16, 20]) {
    if (data.length < ip + 40 || data[ip] !== 0x45 || data[ip + 9] !== 6) continue;
    if (data.readUInt16BE(ip - 2) !== 0x0800 && ip !== 20) continue;
    const tcp = ip + 20;
    const [source, target] = [data.toString('hex', ip + 12, ip + 16), data.toString('hex', ip + 16, ip + 20)];
    const [sourcePort, targetPort] = [data.readUInt16BE(tcp), data.readUInt16BE(tcp + 2)];
    return {
      flow: `${source} ${sourcePort} ${target} ${targetPort}`,
      back: `${target} ${targetPort} ${source} ${sourcePort}`,
      sourcePort,
      targetPort,
      sequence: data.readUInt32BE(tcp + 4),
      flags: data[tcp + 13] ?? 0,
      ip,
      payload: tcp + ((data[tcp + 12] ?? 0) >> 4) * 4,
      end: Math.min(data.length, ip + data.readUInt16BE(ip + 2)),
    };
  }
  return null;
}

/** @param {Packet[]} packets @returns {Packet[]} */
export function mergedSegments(packets) {
  /** @type {Packet[]} */
  const merged = [];
  for (const packet of packets) {
    const before = merged.at(-1);
    const joined = before === undefined ? null : joinedPacket(before, packet);
    if (joined === null) merged.push(packet);
    else merged[merged.length - 1] = joined;
  }
  return merged;
}

/** @param {Packet} first @param {Packet} second @returns {Packet | null} */
function joinedPacket(first, second) {
  const [one, other] = [segmentOf(first.data), segmentOf(second.data)];
  if (one === null || other === null || one.flow !== other.flow || one.ip !== other.ip) return null;
  if ((one.flags & ~PUSH) !== ACK || (other.flags & ~PUSH) !== ACK) return null;
  const length = one.end - one.payload;
  if (length === 0 || other.end === other.payload || (one.sequence + length) >>> 0 !== other.sequence) return null;
  const data = Buffer.concat([first.data.subarray(0, one.end), second.data.subarray(other.payload, other.end)]);
  if (data.length > MAX_BYTES) return null;
  data.writeUInt16BE(data.length - one.ip, one.ip + 2);
  data[one.ip + 33] = one.flags | other.flags;
  return { ...first, length: data.length, data };
}
