import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import {
  type Causes,
  claim,
  meaningsOf,
  openSince,
  ruledOutBy,
  supportedBy,
  supportedIn,
  weigh,
} from '../../../src/rules/argument/cause.js';

interface Weather {
  readonly rain: number | null;
  readonly roof: number | null;
  readonly isNight: boolean;
}

const CAUSES: Causes<Weather> = {
  rain: {
    means: 'It rained.',
    grounds: [
      ruledOutBy(({ roof }) => (roof === null ? null : claim([roof], (packet) => `a roof stood in ${packet}`))),
      openSince(({ isNight }) => (isNight ? 'nobody saw the sky' : null)),
      supportedBy(({ rain }) => (rain === null ? null : claim([rain], (packet) => `drops fell in ${packet}`))),
    ],
    otherwise: () => 'nobody looked up',
  },
  hose: { means: 'Somebody watered the garden.', grounds: [], otherwise: () => 'nobody was asked' },
};

describe('a cause', () => {
  const of = (weather: Partial<Weather>) =>
    weigh(CAUSES, { rain: null, roof: null, isNight: false, ...weather }).find(({ cause }) => cause === 'rain');

  it('is decided by the first ground that holds', () => {
    expect(of({ rain: 7 })).toEqual({ cause: 'rain', verdict: 'supported', because: 'drops fell in #7' });
    expect(of({ rain: 7, roof: 9 })).toMatchObject({ verdict: 'ruled-out', because: 'a roof stood in #9' });
    expect(of({ rain: 7, isNight: true })).toMatchObject({ verdict: 'open', because: 'nobody saw the sky' });
  });

  it('is open, with what is missing, when none holds', () => {
    expect(of({})).toMatchObject({ verdict: 'open', because: 'nobody looked up' });
  });

  it('is ruled out when none holds, where that is what says so', () => {
    const dry: Causes<number> = {
      rain: {
        means: 'It rained.',
        grounds: [],
        otherwise: (sky) => claim([sky], (packet) => `the sky was clear in ${packet}`),
      },
    };
    expect(weigh(dry, 7)).toEqual([{ cause: 'rain', verdict: 'ruled-out', because: 'the sky was clear in #7' }]);
  });

  it('is told after those that are supported, and before those that are open', () => {
    const verdicts = (weather: Weather) => weigh(CAUSES, weather).map(({ verdict }) => verdict);
    expect(verdicts({ rain: 7, roof: null, isNight: false })).toEqual(['supported', 'open']);
    expect(verdicts({ rain: 7, roof: 9, isNight: false })).toEqual(['ruled-out', 'open']);
  });

  it('is among the supported ones, or is not', () => {
    const inRain = { rain: 7, roof: null, isNight: false };
    expect([...supportedIn(weigh(CAUSES, inRain))]).toEqual(['rain']);
    expect([...supportedIn(weigh(CAUSES, { ...inRain, roof: 3 }))]).toEqual([]);
  });

  it('gives its rule the sentence that says what it means', () => {
    expect(meaningsOf(CAUSES)).toEqual({ rain: 'It rained.', hose: 'Somebody watered the garden.' });
  });
});

describe('a claim', () => {
  it('names its packets, and their capture in any but the first', () => {
    const made = claim([4, CAPTURE_STRIDE + 5], (one, other) => `${one} before ${other}`);
    expect(made).toEqual({ text: '#4 before #5 of capture 2', packets: [4, CAPTURE_STRIDE + 5] });
  });

  it('cannot be made without a packet', () => {
    // @ts-expect-error: an empty list of packets is no claim
    expect(claim([], () => 'it was so').packets).toEqual([]);
  });

  it('cannot be left out of what supports a cause or rules it out', () => {
    // @ts-expect-error: a bare sentence supports nothing
    expect(supportedBy(() => 'it was so').verdict).toBe('supported');
    expect(openSince(() => 'nobody knows').verdict).toBe('open');
  });
});
