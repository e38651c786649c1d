/** Servers whose requests are answered with resets: forged ones, a killed process, an application that does not read, a packet filter. */
import { agentAndKillSamples } from './rst-after-request/agent-and-kill.mjs';
import { rejectSamples } from './rst-after-request/reject.mjs';
import { unreadSamples } from './rst-after-request/unread.mjs';

export const scenario = {
  name: 'rst-after-request',
  about:
    'A request is answered with RST and not one byte: by a security agent that forges resets to both sides, because the process was killed, because the application closed without reading, because a packet filter rejects.',
  programs: ['nginx', 'curl', 'iptables', 'tc'],
  samples: [...agentAndKillSamples, ...unreadSamples, ...rejectSamples],
};
