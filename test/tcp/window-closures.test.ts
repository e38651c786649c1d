import { describe, expect, it } from 'vitest';
import { NEVER } from '../../src/tcp/never.js';
import { WindowClosures } from '../../src/tcp/window-closures.js';

describe('closures of a window', () => {
  it('last from the first packet that announces them; of those of one length the first is told', () => {
    const window = new WindowClosures();
    window.close(1, 10);
    window.close(2, 20);
    window.open(3, 40);
    window.close(4, 50);
    window.open(5, 80);
    expect(window).toMatchObject({ closedNs: NEVER, longestNs: 30, longestStartNs: 10 });
    expect(window).toMatchObject({ longestPacket: 1, longestOpenedBy: 3 });
    window.close(6, 90);
    window.open(7, 121);
    expect(window).toMatchObject({ longestNs: 31, longestStartNs: 90, longestPacket: 6, longestOpenedBy: 7 });
  });

  it('are none of the next connection’s', () => {
    const window = new WindowClosures();
    window.close(1, 10);
    window.open(3, 40);
    window.close(4, 50);
    window.reset();
    expect(window).toEqual(new WindowClosures());
  });
});
