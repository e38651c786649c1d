/** Which way loses, supported or ruled out, with the packets that say so. */
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Loss } from './incident.js';

/** What the rule argues about: lossy connections of one server. */
export interface Case {
  readonly losses: readonly Loss[];
  readonly first: Loss;
  readonly count: number;
  /** Those of all servers. */
  readonly everywhere: readonly Loss[];
}

/** So many ways that lose have something in common. */
const MANY = 3;

/** Losses of a client with other servers, one for each server. */
function elsewhere({ everywhere }: Case, { client, server }: Loss): readonly Loss[] {
  const others = new Map<string, Loss>();
  for (const loss of everywhere)
    if (loss.client.address === client.address && loss.server.address !== server.address)
      if (!others.has(loss.server.address)) others.set(loss.server.address, loss);
  return [...others.values()];
}

const againOf = (losses: readonly Loss[], side: Loss['side']): number =>
  losses.reduce((sum, one) => sum + (one.side === side ? one.again : 0), 0);

/** Whose segments were lost most; where neither's, whose were first. */
export function mostLostOf(losses: readonly Loss[], first: Loss): Loss['side'] {
  const [client, server] = [againOf(losses, 'client'), againOf(losses, 'server')];
  return client === server ? first.side : client > server ? 'client' : 'server';
}

function serverText(losses: readonly Loss[]): string {
  return new Set(losses.map(({ server }) => server.address)).size > 1 ? 'servers' : 'the server';
}

function way(side: Loss['side']): Causes<Case>[string]['grounds'] {
  const other = side === 'client' ? 'server' : 'client';
  return [
    supportedBy(({ losses, first }: Case) => {
      const one = losses.find((loss) => loss.side === side);
      return one === undefined
        ? null
        : claim(
            [one.packet],
            (again) =>
              `${side === 'client' ? 'clients' : serverText(losses)} had to send ${manyText(againOf(losses, side), 'segment')} again (from ${again})${mostLostOf(losses, first) === side ? '' : ', less than the other side'}`,
          );
    }),
    ruledOutBy(({ losses, first }: Case) =>
      losses.some((loss) => loss.side === side)
        ? null
        : claim([first.packet], (again) => `what was sent again is all the ${other}’s (from ${again})`),
    ),
  ];
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'towards-the-server': {
    means: 'Segments are lost on the way to the server.',
    grounds: way('client'),
    otherwise: () => '',
  },
  'towards-the-client': {
    means: 'Segments are lost on the way to the client.',
    grounds: way('server'),
    otherwise: () => '',
  },
  'near-the-client': {
    means:
      'They are lost on the part of the way that several servers of a client have in common: its line, its radio, a filter there.',
    grounds: [
      supportedBy((subject: Case) => {
        for (const loss of subject.losses) {
          const others = elsewhere(subject, loss);
          const [other] = others;
          if (other !== undefined && others.length >= MANY - 1)
            return claim(
              [loss.packet, other.packet],
              (here, there) =>
                `segments between ${loss.client.address} and ${manyText(others.length + 1, 'server')} are lost (${here} here, ${there} with ${other.server.address})`,
            );
        }
        return null;
      }),
      ruledOutBy((subject: Case) => {
        const { losses, first } = subject;
        const clients = new Set(losses.map(({ client }) => client.address));
        return clients.size >= MANY && losses.every((loss) => elsewhere(subject, loss).length === 0)
          ? claim(
              [first.packet],
              (packet) =>
                `segments between ${clients.size} clients and this server are lost, and between them and no other (from ${packet})`,
            )
          : null;
      }),
    ],
    otherwise: () => 'too few ways lose to tell what they have in common',
  },
};
