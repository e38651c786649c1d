/** Receivers that do not read for a while: what is sent to them fills their buffers, and their windows close. */
import { DOWNLOAD } from './zero-window-stall/download.mjs';
import { UPLOAD } from './zero-window-stall/upload.mjs';

export const scenario = {
  name: 'zero-window-stall',
  about:
    'Programs that stop reading from their connections, for 1.5 s or for 0.16 s. The buffers of the hosts are small (tcp_rmem, tcp_wmem), as the samples are.',
  programs: ['nginx', 'haproxy', 'curl'],
  samples: [...UPLOAD, ...DOWNLOAD],
};
