/** Lines that lose segments, and those that only seem to. */
import { BACKEND } from './path-loss/backend.mjs';
import { DOWNLOAD } from './path-loss/download.mjs';

export const scenario = {
  name: 'path-loss',
  about:
    'A line that loses one segment in seven, and an outage of some hundred milliseconds. The healthy ones show as many segments sent again or out of order, though nothing is lost: a line that lets segments overtake one another, and both its ends in one capture.',
  programs: ['nginx', 'haproxy'],
  samples: [...DOWNLOAD, ...BACKEND],
};
