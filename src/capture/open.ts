import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { CaptureError, captureErrorOf } from './capture-error.js';
import { countText } from './figure-text.js';
import { FileFeed } from './file-feed.js';
import { lookAt, MAGIC_BYTES, TELLING_BYTES } from './look.js';
import { packingOf } from './packings.js';
import { PcapReader } from './pcap.js';
import { bytesToJudge, FILE_HEADER_BYTES, readPcapHeader } from './pcap-variant.js';
import { MAX_BLOCK_BYTES } from './pcapng/block.js';
import { PcapngReader } from './pcapng/reader.js';
import { MIN_SECTION_HEADER_BYTES, sectionByteOrder } from './pcapng/section-header.js';
import type { CaptureReader, NameRecord } from './reader.js';
import { ByteSource, type Feed, READ_BYTES } from './source.js';
import type { Spool } from './spool.js';
import { StreamFeed } from './stream-feed.js';
import { pcapOfText } from './text-log/convert.js';
import { charactersOf, LACKING, textKindOf } from './text-log/recognise.js';
import { remarksOf } from './text-log/remarks.js';
import { TextFeed } from './text-log/text-feed.js';
import { MAX_UNPACKED_BYTES, UnpackedFeed } from './unpacked-feed.js';

/** Bytes of a text in which a packet must stand, and the most that are read of one: nobody pastes more. */
const TEXT_BEGINNING = 65_536;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** What stands for standard input on a command line, and what it is called in messages. */
export const STANDARD_INPUT = '-';
const STANDARD_INPUT_NAME = 'stdin';

/** How a capture is called in reports and messages. */
export function captureName(file: string): string {
  return file === STANDARD_INPUT ? STANDARD_INPUT_NAME : file;
}

/**
 * Opens a capture by what it holds, never by its name: classic pcap or pcapng, plain or in gzip
 * or zstd, in a file, a pipe or (`-`) standard input.
 *
 * @param stdin What `-` reads; `process.stdin` when absent.
 * @param readBytes Size of a read and of the buffer, to begin with.
 * @param spool Keeps what cannot be read again from there.
 * @param maxUnpackedBytes Read no more of what it unpacks to.
 * @throws CaptureError when there is nothing to read packets from.
 */
export async function openCapture(
  file: string,
  captureIndex: number,
  stdin?: Readable,
  readBytes: number = READ_BYTES,
  spool?: Spool,
  maxUnpackedBytes: number = MAX_UNPACKED_BYTES,
): Promise<CaptureReader> {
  const name = captureName(file);
  let source: ByteSource | null = null;
  try {
    const feed = feedOf(file, stdin);
    const kept = spool === undefined || isRepeatable(file) ? null : spool.keep(captureIndex, feed);
    source = new ByteSource(kept ?? feed, readBytes);
    await source.fill(MAGIC_BYTES);
    const outer = await kindOf(source, name, null);
    const packing = packingOf(outer);
    if (packing !== null) {
      // What it unpacks to is kept, not what it is.
      kept?.release();
      const unpacked = new UnpackedFeed(name, source, packing, maxUnpackedBytes);
      source = new ByteSource(spool?.keep(captureIndex, unpacked) ?? unpacked, readBytes);
      await source.fill(MAGIC_BYTES);
    }
    const compressed = packing !== null;
    const program = packing?.program ?? null;
    const kind = packing === null ? outer : await kindOf(source, name, program);
    switch (kind) {
      case 'pcap':
        return await openPcap(source, name, captureIndex, compressed);
      case 'pcapng':
        return await openPcapng(source, name, captureIndex, compressed);
      case 'text':
        return await openText(
          source,
          name,
          captureIndex,
          compressed,
          (feed) => spool?.keep(captureIndex, feed) ?? feed,
        );
      default:
        throw twicePacked(name, kind, program ?? kind);
    }
  } catch (thrown) {
    source?.close();
    throw captureErrorOf(name, null, thrown);
  }
}

/** Opens a capture that is kept in an open file, which stays open. @throws CaptureError as {@link openCapture} does */
export async function openKept(
  descriptor: number,
  name: string,
  captureIndex: number,
  readBytes: number,
): Promise<CaptureReader> {
  const source = new ByteSource(new FileFeed(descriptor), readBytes);
  await source.fill(MAGIC_BYTES);
  return (await kindOf(source, name, null)) === 'pcapng'
    ? openPcapng(source, name, captureIndex, false)
    : openPcap(source, name, captureIndex, false);
}

/** Whether a capture can be opened again and then reads the same: a plain file, not a pipe or device. */
export function isRepeatable(file: string): boolean {
  return file !== STANDARD_INPUT && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
}

function feedOf(file: string, stdin: Readable | undefined): Feed {
  if (file === STANDARD_INPUT) return new StreamFeed(stdin ?? process.stdin);
  const status = statSync(file);
  if (status.isDirectory()) {
    throw new CaptureError('is-directory', file, null, 'is a directory; name the capture files in it');
  }
  // A named pipe or a device would hold up everything else while it is waited for.
  return status.isFile() ? new FileFeed(file) : new StreamFeed(createReadStream(file));
}

/** Only one compression is unpacked: for the outer of two the message shows the pipe. */
function twicePacked(name: string, inner: string, outer: string): CaptureError {
  const how = inner === outer ? `with ${inner} twice` : `with ${inner}, then with ${outer}`;
  return new CaptureError('unsupported', name, 0, `compressed ${how}; try: ${outer} -dc FILE | pcapdx -`);
}

/**
 * @param program What it was packed with, if it was unpacked.
 * @throws CaptureError when it is neither a capture nor packed.
 */
async function kindOf(
  source: ByteSource,
  name: string,
  program: string | null,
): Promise<'pcap' | 'pcapng' | 'gzip' | 'zstd' | 'text'> {
  const { start, end, feed } = source;
  const held = end - start;
  if (held < MAGIC_BYTES) {
    if (feed.failure !== null) throw feed.failure;
    if (feed.notice !== null)
      throw new CaptureError('damaged', name, held, `the ${program} data are cut short at once`);
    if (held === 0) throw new CaptureError('empty', name, null, 'is empty');
    throw new CaptureError(
      'not-a-capture',
      name,
      held,
      `ends after ${countText(held, 'byte')}, too few for any capture`,
    );
  }
  let look = lookAt(source.buffer.subarray(start, end));
  if (look.kind === 'other') {
    // A pipe may have brought its first bytes alone.
    await source.fill(TELLING_BYTES);
    look = lookAt(source.buffer.subarray(source.start, source.end));
  }
  switch (look.kind) {
    case 'packed': {
      const advice = `${look.program} -dc ${name === STANDARD_INPUT_NAME ? '' : 'FILE '}| pcapdx -`;
      throw new CaptureError('unsupported', name, 0, `compressed with ${look.program}; try: ${advice}`);
    }
    case 'other': {
      // Prompts and prose may stand before the first packet.
      await source.fill(TEXT_BEGINNING);
      const kind = textKindOf(charactersOf(source.buffer.subarray(source.start, source.end)));
      if (kind === 'printed' || kind === 'listed') return 'text';
      if (kind !== null) throw new CaptureError('unsupported', name, null, LACKING[kind]);
      const where = program === null ? '' : `${program} of `;
      const reason = `is not a packet capture (pcap or pcapng) but ${where}${look.description}`;
      throw new CaptureError('not-a-capture', name, null, reason);
    }
    default:
      return look.kind;
  }
}

/** What tcpdump printed or Wireshark listed, made a capture of. */
async function openText(
  source: ByteSource,
  name: string,
  captureIndex: number,
  compressed: boolean,
  kept: (feed: Feed) => Feed,
): Promise<CaptureReader> {
  await source.fill(MAX_TEXT_BYTES);
  const held = Math.min(source.end, source.start + MAX_TEXT_BYTES);
  const text = charactersOf(source.buffer.subarray(source.start, held));
  const names: NameRecord[] = [];
  const found = pcapOfText(text, (record) => names.push(record));
  const feed = kept(new TextFeed(found.pcap, source));
  const reader = await openPcap(new ByteSource(feed), name, captureIndex, compressed);
  reader.names.push(...names);
  for (const remark of remarksOf(found)) reader.remark(remark);
  if (!source.ended) reader.remark(`only the first ${countText(MAX_TEXT_BYTES, 'byte')} of the text were read`);
  return reader;
}

async function openPcap(
  source: ByteSource,
  name: string,
  captureIndex: number,
  compressed: boolean,
): Promise<CaptureReader> {
  await holdHeader(source, name, FILE_HEADER_BYTES, 'pcap file header');
  let needed = bytesToJudge(source.view, source.start, source.end);
  while (needed > source.end - source.start && !source.ended) {
    await source.fill(needed);
    needed = bytesToJudge(source.view, source.start, source.end);
  }
  const variant = readPcapHeader(name, source.view, source.start, source.end);
  await holdHeader(source, name, variant.headerBytes, 'pcap file header');
  return new PcapReader(source, name, captureIndex, compressed, variant);
}

async function openPcapng(
  source: ByteSource,
  name: string,
  captureIndex: number,
  compressed: boolean,
): Promise<CaptureReader> {
  const what = 'first section header block';
  await holdHeader(source, name, MIN_SECTION_HEADER_BYTES, what);
  const order = sectionByteOrder(source.view, source.start);
  if (order === null) {
    const reason = 'is not a packet capture: it begins like pcapng, but no byte-order magic follows';
    throw new CaptureError('not-a-capture', name, 8, reason);
  }
  const length = source.view.getUint32(source.start + 4, order === 'little');
  // A length that cannot be is told by the reader, like that of any other block.
  if (length <= MAX_BLOCK_BYTES) await holdHeader(source, name, length, what);
  return new PcapngReader(source, name, captureIndex, compressed);
}

/** @throws CaptureError `damaged` when the file ends within its header. */
async function holdHeader(source: ByteSource, name: string, length: number, what: string): Promise<void> {
  if (source.end - source.start < length) await source.fill(length);
  const held = source.end - source.start;
  if (held >= length) return;
  if (source.feed.failure !== null) throw source.feed.failure;
  throw new CaptureError('damaged', name, held, `ends within the ${what}: expected ${countText(length, 'byte')}`);
}
