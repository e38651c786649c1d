import type { Ladder } from './ladder.js';

/** `stream 3: 10.0.0.1:53554 to 10.0.1.43:80`: what a picture is called where it cannot be seen. */
export function ladderTitle({ lifelines, streams }: Ladder): string {
  const noun = streams.length === 1 ? 'stream' : 'streams';
  return `${noun} ${streams.join(' and ')}: ${lifelines.map(({ endpoint }) => endpoint).join(' to ')}`;
}
