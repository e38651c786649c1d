import { expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import { httpRoles } from '../../../src/rules/judgements/http-roles.js';
import { healthy } from '../facts.js';

it('the roles are those of HTTP, also where the server connects', () => {
  const facts = healthy();
  expect(httpRoles(facts).server).toBe(facts.server);
  const anomalies = [{ name: ROLES_REVERSED, from: null, packet: 4, count: 1 }];
  expect(httpRoles({ ...facts, anomalies })).toEqual({ client: facts.server, server: facts.client });
});
