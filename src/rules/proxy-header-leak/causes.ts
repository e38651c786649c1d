/** How the name gets out, each cause supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { hostPortOf } from '../judgements/references.js';
import type { Answer, Leak } from './answer.js';
import type { Case, Told } from './case.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'not-rewritten': {
    means: 'The proxy hands the server’s answer on as it is.',
    grounds: [
      supportedBy((subject) => {
        const legs = legsOf(subject);
        return (
          legs &&
          claim(
            [legs.back.packet, legs.front.packet],
            (behind, before) =>
              `${endpointText(legs.back.server)} says it (${behind}), and ${endpointText(legs.front.server)} hands it on (${before})`,
          )
        );
      }),
      ruledOutBy(({ told }) => {
        const own = told.find(({ answer, leaks }) =>
          leaks.some(({ origin }) => origin?.includes(answer.server.address) === true),
        )?.answer;
        return own === undefined || own.isForwarded
          ? null
          : claim(
              [own.packet],
              (answer) => `it is the address of the server that answers, without a proxy (${answer})`,
            );
      }),
    ],
    otherwise: ({ first }) =>
      first.answer.isForwarded ? 'the leg in front was not captured' : 'the leg behind was not captured',
  },
  'host-not-handed-on': {
    means: 'The server is asked by its own name and knows no other.',
    grounds: [
      ruledOutBy((subject) => {
        const { answer } = subject.first;
        return legsOf(subject) === null && answer.isForwarded
          ? claim([answer.requestPacket], (request) => `the server is asked for ${answer.authority} (${request})`)
          : null;
      }),
      openSince((subject) => (legsOf(subject) === null ? 'the leg behind was not captured' : null)),
      ruledOutBy((subject) => {
        const legs = legsOf(subject);
        return legs === null || hostOf(legs.front) !== hostOf(legs.back)
          ? null
          : claim(
              [legs.back.requestPacket],
              (request) => `the server is asked for ${legs.back.authority} too (${request})`,
            );
      }),
      supportedBy((subject) => {
        const legs = legsOf(subject);
        return (
          legs &&
          claim(
            [legs.front.requestPacket, legs.back.requestPacket],
            (before, behind) =>
              `the client asks for ${legs.front.authority} (${before}), the server is asked for ${legs.back.authority} (${behind})`,
          )
        );
      }),
    ],
    otherwise: () => '',
  },
  'own-port': {
    means: 'The server adds its own port.',
    grounds: [
      supportedBy(({ told }) => {
        const shown = leakOf(told, 'port');
        return (
          shown &&
          claim(
            [shown.answer.packet],
            (answer) => `the right host with the server’s port ${shown.leak.port ?? ''} (${answer})`,
          )
        );
      }),
      ruledOutBy(({ first }) =>
        claim([first.answer.packet], (answer) => `the URLs have other hosts, not just another port (${answer})`),
      ),
    ],
    otherwise: () => '',
  },
  'cookie-scope': {
    means: 'Cookies are set for the server’s domain or path.',
    grounds: [
      supportedBy(({ told }) => {
        const shown = cookieOf(told);
        if (shown === null) return null;
        const { answer, leak } = shown;
        const scope =
          leak.kind === 'cookie-path'
            ? `Path=${leak.value}, which the client never asks for`
            : `Domain=${leak.value}, which ${answer.authority} is not in: clients discard it`;
        return claim([answer.packet], (packet) => `${leak.where} is for ${scope} (${packet})`);
      }),
      ruledOutBy(({ first }) => claim([first.answer.packet], (answer) => `no cookie is for another place (${answer})`)),
    ],
    otherwise: () => '',
  },
};

/** Both legs of the first answer of which the one behind was captured. */
function legsOf({ told }: Case): { readonly front: Answer; readonly back: Answer } | null {
  for (const { answer, back } of told) if (back !== null) return { front: answer, back };
  return null;
}

function hostOf({ authority }: Answer): string | undefined {
  return hostPortOf(authority)?.host;
}

/** A leak and the answer that has it. */
interface Shown {
  readonly answer: Answer;
  readonly leak: Leak;
}

/** The first leak of a kind. */
function leakOf(told: readonly Told[], sort: Leak['kind']): Shown | null {
  for (const { answer, leaks } of told) {
    const leak = leaks.find(({ kind }) => kind === sort);
    if (leak !== undefined) return { answer, leak };
  }
  return null;
}

/** The first answer with a cookie for another place; of its cookies one with a domain, which says more than a path. */
function cookieOf(told: readonly Told[]): Shown | null {
  for (const one of told) {
    const shown = leakOf([one], 'cookie-domain') ?? leakOf([one], 'cookie-path');
    if (shown !== null) return shown;
  }
  return null;
}
