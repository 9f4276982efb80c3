import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { readText } from '../errors/read-property.js';
import type { RedisTlsSettings } from '../interfaces/redis-settings.interface.js';
import { definedOf } from './defined-of.js';
import type { OptionReader } from './option-reader.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** What each is found by in a PEM text, which may hold more besides. */
const MATERIAL = {
  ca: { label: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/, name: 'certificate' },
  cert: { label: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/, name: 'certificate' },
  key: { label: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/, name: 'private key' },
} as const;

type Material = keyof typeof MATERIAL;

const TLS_OPTIONS = ['ca', 'caFile', 'cert', 'certFile', 'key', 'keyFile', 'servername'];

/** What the `tls` option says: nothing, on or off, or on with settings. @internal */
export type TlsChoice = boolean | RedisTlsSettings | undefined;

/**
 * Reads the `tls` option, and the files that it names unless Redis is off: a machine that does not use Redis need not
 * have them.
 *
 * @internal
 */
export function readTls(options: OptionReader, readsFiles: boolean): TlsChoice {
  const value = options.raw('tls');
  if (typeof value !== 'object' || value === null) return options.flag('tls');
  const reader = options.section('tls', TLS_OPTIONS);
  if (reader === undefined) return undefined;
  const pem = (name: Material): string | undefined => readPem(reader, name, readsFiles);
  const settings = { ca: pem('ca'), cert: pem('cert'), key: pem('key'), servername: reader.filledText('servername') };
  checkPair(reader);
  if (readsFiles) checkUsable(options, settings);
  return definedOf<RedisTlsSettings>(settings);
}

function readPem(reader: OptionReader, name: Material, readsFiles: boolean): string | undefined {
  const file = `${name}File`;
  if (reader.has(name) && reader.has(file)) reader.fault(name, `is given beside ${file}; give one of them`);
  const path = reader.filledText(file);
  const text = reader.filledText(name);
  if (text !== undefined) {
    const fault = faultOf(text, name);
    if (fault === undefined) return text;
    return reader.fault(name, isPem(text) ? fault : `${fault}; for a path there is ${file}`);
  }
  if (path === undefined || !readsFiles) return undefined;
  const found = readPemFile(path, name);
  return found.pem ?? reader.fault(file, found.fault);
}

/** OpenSSL takes an authority that is none in silence, and every server is refused later. */
function faultOf(text: string, name: Material): string | undefined {
  if (!isPem(text)) return 'is not PEM text';
  return MATERIAL[name].label.test(text) ? undefined : `holds no ${MATERIAL[name].name}`;
}

function readPemFile(path: string, name: Material): { pem: string } | { pem?: undefined; fault: string } {
  try {
    const text = readFileSync(path, 'utf8');
    const fault = faultOf(text, name);
    return fault === undefined ? { pem: text } : { fault: `${JSON.stringify(path)} ${fault}` };
  } catch (error) {
    return { fault: `cannot read ${JSON.stringify(path)} (${readText(error, 'code') ?? 'unknown reason'})` };
  }
}

function checkPair(reader: OptionReader): void {
  const hasCert = reader.has('cert') || reader.has('certFile');
  const hasKey = reader.has('key') || reader.has('keyFile');
  if (hasCert && !hasKey) reader.fault(reader.has('cert') ? 'cert' : 'certFile', 'needs its private key beside it');
  if (hasKey && !hasCert) reader.fault(reader.has('key') ? 'key' : 'keyFile', 'needs its certificate beside it');
}

// OpenSSL reads them now rather than at each connection, so that a key of another certificate fails the boot.
function checkUsable(options: OptionReader, { ca, cert, key }: RedisTlsSettings): void {
  try {
    // A context takes a damaged authority in silence, and every server is refused later.
    ca?.match(CERTIFICATE)?.forEach(parseCertificate);
    if (cert === undefined || key === undefined) createSecureContext({ ca });
    else if (isPair(cert, key)) createSecureContext({ ca, cert, key });
    else options.fault('tls', 'the private key is not that of the certificate');
  } catch (error) {
    const reason = readText(error, 'code') ?? 'unknown reason';
    options.fault('tls', `OpenSSL refuses the certificates or the key (${reason})`);
  }
}

// Asked first: of two that do not belong together a context is refused or not, depending on the kinds of their keys.
function isPair(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

function parseCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem);
}

function isPem(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]+-----/.test(text);
}
