import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { Packing } from './unpacked-feed.js';

/**
 * When gzip data are damaged, zlib keeps back what it made of the last piece, so smaller pieces lose less;
 * below this the calls cost more than the work.
 */
const PIECE_BYTES = 32 * 1024;

/** Unpacked bytes that zlib hands out at a time. */
const UNPACKED_BYTES = 128 * 1024;

/** Gzip (RFC 1952), one member or several. */
export const GZIP: Packing = {
  program: 'gzip',
  pieceBytes: PIECE_BYTES,
  unpack: (pieces) => {
    const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES, flush: constants.Z_SYNC_FLUSH });
    const input = Readable.from(pieces, { objectMode: false, highWaterMark: PIECE_BYTES });
    input.on('error', (error) => gunzip.destroy(error));
    input.pipe(gunzip);
    return gunzip;
  },
  judge: (failure) => {
    const code = 'code' in failure ? String(failure.code) : '';
    if (code === 'Z_BUF_ERROR') return 'cut-short';
    return code.startsWith('Z_') ? { damage: failure.message } : null;
  },
};
