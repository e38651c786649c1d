/** Traffic with nothing wrong that looks like trouble at a glance. */
import { BROWSING } from './healthy/browsing.mjs';
import { CLOSING } from './healthy/closing.mjs';
import { PATHS } from './healthy/paths.mjs';
import { SEMANTICS } from './healthy/semantics.mjs';
import { STREAMS } from './healthy/streams.mjs';

export const scenario = {
  name: 'healthy',
  about:
    'Everyday traffic that resembles one fault or another. A right diagnosis finds no fault in any of these; the fourth column says what must not be said, and why it looks alike.',
  programs: ['nginx', 'haproxy', 'chromium', 'curl', 'openssl', 'h2load'],
  samples: [...BROWSING, ...CLOSING, ...SEMANTICS, ...PATHS, ...STREAMS],
};
