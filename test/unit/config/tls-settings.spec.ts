import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { faultsOf } from './faults.js';

const ca = rootCertificates[0] ?? '';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** Of a key of this kind; which of them is the first differs by the version of Node. */
const certificateOf = (kind: 'rsa' | 'ec'): string =>
  rootCertificates.find((cert) => new X509Certificate(cert).publicKey.asymmetricKeyType === kind) ?? '';

const faultsIn = (tls: object): string[] => faultsOf(() => toRedisSettings({ host: 'cache', tls }));

describe('TLS settings', () => {
  let dir = '';
  let caFile = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'hub-tls-'));
    caFile = join(dir, 'ca.pem');
    writeFileSync(caFile, ca);
    writeFileSync(join(dir, 'text'), 'no certificate');
  });

  afterAll(() => rmSync(dir, { recursive: true }));

  it('are read from text or from files', () => {
    expect(toRedisSettings({ host: 'h', tls: { ca, servername: 's' } }).tls).toEqual({ ca, servername: 's' });
    expect(toRedisSettings({ url: 'rediss://h', tls: { caFile } }).tls).toEqual({ ca });
  });

  it('name the file that cannot be read, and why', () => {
    expect(faultsIn({ caFile: '/no/such/ca.pem' })).toEqual(['tls.caFile: cannot read "/no/such/ca.pem" (ENOENT)']);
    expect(faultsIn({ caFile: dir })).toEqual([`tls.caFile: cannot read "${dir}" (EISDIR)`]);
    expect(faultsIn({ caFile: join(dir, 'text') })).toEqual([`tls.caFile: "${join(dir, 'text')}" is not PEM text`]);
  });

  it('are refused where they hold something else than they should, the content not shown', () => {
    writeFileSync(join(dir, 'key.pem'), key);
    const keyFile = join(dir, 'key.pem');
    expect(faultsIn({ ca: key })).toEqual(['tls.ca: holds no certificate']);
    expect(faultsIn({ caFile: keyFile })).toEqual([`tls.caFile: "${keyFile}" holds no certificate`]);
    expect(faultsIn({ cert: key, key })).toEqual(['tls.cert: holds no certificate']);
    expect(faultsIn({ certFile: caFile, keyFile: caFile })).toEqual([`tls.keyFile: "${caFile}" holds no private key`]);
  });

  it('are accepted with more than what they should hold beside it', () => {
    expect(toRedisSettings({ host: 'h', tls: { ca: key + ca } }).tls).toEqual({ ca: key + ca });
  });

  it('are refused where they contradict each other or are incomplete', () => {
    expect(faultsIn({ ca, caFile })).toEqual(['tls.ca: is given beside caFile; give one of them']);
    expect(faultsIn({ cert: ca })).toEqual(['tls.cert: needs its private key beside it']);
    expect(faultsIn({ key })).toEqual(['tls.key: needs its certificate beside it']);
    expect(faultsIn({ certFile: caFile })).toEqual(['tls.certFile: needs its private key beside it']);
  });

  it('are refused where OpenSSL refuses them, without showing the key', () => {
    for (const cert of [certificateOf('rsa'), certificateOf('ec')])
      expect(faultsIn({ cert, key })).toEqual(['tls: the private key is not that of the certificate']);
    const broken = key.replace(/\n.{10}/, '\n');
    const [fault = '', ...others] = faultsIn({ cert: ca, key: broken });
    expect(fault).toMatch(/^tls: OpenSSL refuses the certificates or the key \(ERR_\w+\)$/);
    expect(others).toEqual([]);
    const damaged = ca.replace(/\n.{20}/, '\n');
    expect(faultsIn({ ca: damaged })).toEqual([expect.stringMatching(/^tls: OpenSSL refuses the certificates/)]);
  });

  it('have typed, known names', () => {
    expect(faultsIn({ ca: '/path/of/ca.pem' })).toEqual(['tls.ca: is not PEM text; for a path there is caFile']);
    expect(faultsIn({ key: 5, cert: ca })).toEqual(['tls.key: must be a string, got a number']);
    expect(faultsIn({ servername: '' })).toEqual(['tls.servername: is empty; leave it out instead']);
    expect(faultsIn({ cafile: caFile })).toEqual(['tls.cafile: is not an option; did you mean tls.caFile?']);
    expect(faultsIn({ rejectUnauthorized: false })).toEqual(['tls.rejectUnauthorized: is not an option']);
    expect(faultsIn([])).toEqual(['tls: must be a plain object, got an array']);
  });
});
