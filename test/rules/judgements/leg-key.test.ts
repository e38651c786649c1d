import { expect, it } from 'vitest';
import { legKey } from '../../../src/rules/judgements/leg-key.js';

it('both legs of a request have one key, whatever prefix the proxy puts before the path', () => {
  const key = (target: string) => legKey({ method: 'GET', target });
  expect(key('/portal/customers?page=2')).toBe(key('/crm/customers?page=2'));
  expect(key('/a/b?next=/c/d')).toBe('GET b?next=/c/d');
  expect(key('/')).toBe('GET ');
  expect(key('*')).toBe('GET *');
  expect(key(`/${'x'.repeat(100)}`)).toHaveLength(68);
});
