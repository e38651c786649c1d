import { describe, expect, it } from 'vitest';
import { isHealthCheck } from '../../../src/rules/judgements/health-check.js';
import { connection, get, type RequestOptions } from '../facts.js';

describe('a health check', () => {
  const is = (target: string, options: RequestOptions) => {
    const request = connection([get(0, target, options)]).exchanges[0]?.request;
    return request == null ? null : isHealthCheck(request);
  };
  const agent = (value: string): RequestOptions => ({ fields: [{ name: 'user-agent', value }] });

  it('names itself in its User-Agent', () => {
    expect(is('/', agent('ELB-HealthChecker/2.0'))).toBe(true);
    expect(is('/healthz', agent('kube-probe/1.29'))).toBe(true);
    expect(is('/', agent('GoogleHC/1.0'))).toBe(true);
  });

  it('is HAProxy’s nameless OPTIONS in HTTP/1.0', () => {
    expect(is('/', { method: 'OPTIONS', version: 'HTTP/1.0' })).toBe(true);
    expect(is('/', { method: 'OPTIONS' })).toBe(false);
    expect(is('/a', { method: 'OPTIONS', version: 'HTTP/1.0' })).toBe(false);
  });

  it('is no request of a browser, whatever it asks for', () => {
    expect(is('/healthz', agent('Mozilla/5.0 (kube-probe)'))).toBe(false);
  });
});
