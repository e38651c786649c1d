import type { DirectionOwner } from '../../src/tls/direction.js';

/** The owner of a direction alone: everything is protected, nothing is opened, and nobody listens. */
export const NO_OWNER: DirectionOwner = {
  mayOpen: () => false,
  isProtected: () => true,
  missedChangeCipherSpec: () => undefined,
  protectedRecord: () => undefined,
  closed: () => undefined,
  message: () => undefined,
  alert: () => undefined,
  changeCipherSpec: () => undefined,
  plaintext: () => undefined,
  plaintextLost: () => undefined,
  ssl2: () => undefined,
  ended: () => undefined,
  anomaly: () => undefined,
};
