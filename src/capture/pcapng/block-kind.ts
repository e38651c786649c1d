import * as blocks from './block.js';
import { MIN_DECRYPTION_SECRETS_BYTES } from './decryption-secrets.js';
import { MIN_INTERFACE_DESCRIPTION_BYTES } from './interface-description.js';
import { MIN_INTERFACE_STATISTICS_BYTES } from './interface-statistics.js';
import { MIN_SECTION_HEADER_BYTES } from './section-header.js';
import { MIN_SIMPLE_PACKET_BYTES } from './simple-packet.js';
import { MIN_TIMED_PACKET_BYTES } from './timed-packet.js';

/** Fixed part of each block that is read, so that its reader need not check; 0: a block that is not read. */
export function leastBytes(type: number): number {
  switch (type) {
    case blocks.ENHANCED_PACKET:
    case blocks.OBSOLETE_PACKET:
      return MIN_TIMED_PACKET_BYTES;
    case blocks.SIMPLE_PACKET:
      return MIN_SIMPLE_PACKET_BYTES;
    case blocks.SECTION_HEADER:
      return MIN_SECTION_HEADER_BYTES;
    case blocks.INTERFACE_DESCRIPTION:
      return MIN_INTERFACE_DESCRIPTION_BYTES;
    case blocks.INTERFACE_STATISTICS:
      return MIN_INTERFACE_STATISTICS_BYTES;
    case blocks.NAME_RESOLUTION:
      return blocks.MIN_BLOCK_BYTES;
    case blocks.DECRYPTION_SECRETS:
      return MIN_DECRYPTION_SECRETS_BYTES;
    default:
      return 0;
  }
}

const BLOCK_NAMES: Readonly<Record<number, string>> = {
  [blocks.SECTION_HEADER]: 'section header block',
  [blocks.INTERFACE_DESCRIPTION]: 'interface description block',
  [blocks.OBSOLETE_PACKET]: 'packet block',
  [blocks.SIMPLE_PACKET]: 'simple packet block',
  [blocks.NAME_RESOLUTION]: 'name resolution block',
  [blocks.INTERFACE_STATISTICS]: 'interface statistics block',
  [blocks.ENHANCED_PACKET]: 'packet block',
  [blocks.DECRYPTION_SECRETS]: 'decryption secrets block',
};

/** What a block is called in messages. */
export function nameOf(type: number): string {
  return BLOCK_NAMES[type] ?? 'block';
}

/** The same, for the middle of a sentence: an interface description block. */
export function nameWithArticle(type: number): string {
  const name = nameOf(type);
  return `${name.startsWith('i') ? 'an' : 'a'} ${name}`;
}
