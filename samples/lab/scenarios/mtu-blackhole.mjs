/** A tunnel on the way whose packets are smaller than Ethernet's, and nobody who says so, or is heard. */
import { DOWNLOAD } from './mtu-blackhole/download.mjs';
import { HANDSHAKE } from './mtu-blackhole/handshake.mjs';
import { UPLOAD } from './mtu-blackhole/upload.mjs';

export const scenario = {
  name: 'mtu-blackhole',
  about:
    'A customer whose router has a tunnel to the data centre: its MTU is 1400, the hosts on both sides have 1500. The routers at its ends say "fragmentation needed" (ICMP 3/4), and a packet filter keeps that from those whom it concerns. 198.51.100.10 asks, 10.0.0.49 answers.',
  programs: ['nginx', 'haproxy', 'apache2', 'curl', 'openssl', 'iptables'],
  samples: [...DOWNLOAD, ...HANDSHAKE, ...UPLOAD],
};
