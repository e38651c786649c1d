/** Makes Initial packets of QUIC clients, step by step as RFC 9001 §5 has it. */
import { createCipheriv, createHmac } from 'node:crypto';

export interface InitialOptions {
  readonly version?: 1 | 2;
  /** Frames; padded to fill a datagram of 1200 bytes. */
  readonly frames: Uint8Array;
  readonly connectionId?: Uint8Array;
  readonly packetNumber?: number;
}

const SALTS = {
  1: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  2: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
} as const;

export const CONNECTION_ID = Buffer.from('8394c8f03e515708', 'hex');

/** A datagram of one Initial packet. */
export function initialPacket({
  version = 1,
  frames,
  connectionId = CONNECTION_ID,
  packetNumber = 2,
}: InitialOptions): Buffer {
  const prefix = version === 1 ? 'quic' : 'quicv2';
  const initial = createHmac('sha256', Buffer.from(SALTS[version], 'hex')).update(connectionId).digest();
  const secret = label(initial, 'client in', 32);
  const key = label(secret, `${prefix} key`, 16);
  const iv = label(secret, `${prefix} iv`, 12);
  const headerKey = label(secret, `${prefix} hp`, 16);
  const payload = Buffer.alloc(Math.max(frames.length, 1162 - (connectionId.length - 8)));
  payload.set(frames);
  const length = 4 + payload.length + 16;
  const header = Buffer.concat([
    Buffer.of(version === 1 ? 0xc3 : 0xd3),
    Buffer.from(version === 1 ? '00000001' : '6b3343cf', 'hex'),
    Buffer.of(connectionId.length),
    connectionId,
    Buffer.of(0, 0, 0x40 | (length >>> 8), length & 0xff),
    Buffer.of(0, 0, packetNumber >>> 8, packetNumber & 0xff),
  ]);
  const nonce = Buffer.from(iv);
  nonce[11] = (nonce[11] ?? 0) ^ (packetNumber & 0xff);
  nonce[10] = (nonce[10] ?? 0) ^ (packetNumber >>> 8);
  const cipher = createCipheriv('aes-128-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  const mask = createCipheriv('aes-128-ecb', headerKey, null).setAutoPadding(false).update(sealed.subarray(0, 16));
  header[0] = (header[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  for (let index = 0; index < 4; index += 1) {
    const at = header.length - 4 + index;
    header[at] = (header[at] ?? 0) ^ (mask[1 + index] ?? 0);
  }
  return Buffer.concat([header, sealed]);
}

/** A CRYPTO frame, RFC 9000 §19.6. */
export function crypto(offset: number, bytes: Uint8Array): Buffer {
  const two = (value: number): Buffer => Buffer.of(0x40 | (value >>> 8), value & 0xff);
  return Buffer.concat([Buffer.of(6), two(offset), two(bytes.length), bytes]);
}

/** The CRYPTO frame of RFC 9001 appendix A.2. */
export const RFC_9001_FRAME = Buffer.from(
  '060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c0' +
    '00000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e0005000501' +
    '00000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304' +
    '000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07' +
    '048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff',
  'hex',
);

function label(secret: Uint8Array, name: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${name}`, 'latin1');
  const info = Buffer.concat([Buffer.of(0, length, text.length), text, Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
