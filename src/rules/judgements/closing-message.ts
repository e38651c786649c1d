import type { Message } from '../../facts/exchange.js';

/** Whether the sender of a message announced with it the end of the connection. RFC 9112 §9.3, §9.6. */
export function announcesClose({ fields, framing, version }: Message): boolean {
  const options = fields
    .filter(({ name }) => name === 'connection')
    .flatMap(({ value }) => value.toLowerCase().split(','))
    .map((option) => option.trim());
  if (options.includes('close') || framing === 'close') return true;
  return /^HTTP\/(?:0|1\.0)/.test(version) && !options.includes('keep-alive');
}
