import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

const ECDSA_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const BASIC_CONSTRAINTS = '0603551d13';
const SUBJECT_ALT_NAME = '0603551d11';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Who signs. */
export interface Authority extends Certificate {
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  /** Host names and IPv4 addresses, for a server. */
  readonly hosts?: readonly string[];
  /** The last day, as `YYMMDD`. @default 491231 */
  readonly until?: string;
}

/** An authority that signs itself; made by hand, for Node makes no certificates and openssl may be missing. */
export function makeAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [extension(BASIC_CONSTRAINTS, sequence(hex('0101ff')))];
  const cert = certificate({ issuer: name, subject: name, publicKey, signer: privateKey, extensions, until: '491231' });
  return { name, privateKey, cert, key: pemOf(privateKey) };
}

/** A certificate that an authority signs. */
export function issue(authority: Authority, name: string, options: CertificateOptions = {}): Certificate {
  const { hosts = [], until = '491231' } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = hosts.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, sequence(...hosts.map(altName)))];
  const signer = authority.privateKey;
  const cert = certificate({ issuer: authority.name, subject: name, publicKey, signer, extensions, until });
  return { cert, key: pemOf(privateKey) };
}

/** A certificate that signs itself, and its key. */
export function selfSigned(name: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({
    issuer: name,
    subject: name,
    publicKey,
    signer: privateKey,
    extensions: [],
    until: '491231',
  });
  return { cert, key: pemOf(privateKey) };
}

interface Content {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly until: string;
}

function certificate({ issuer, subject, publicKey, signer, extensions, until }: Content): string {
  const algorithm = sequence(hex(ECDSA_WITH_SHA256));
  const times = ['200101000000Z', `${until}235959Z`].map((time) => der(0x17, Buffer.from(time)));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const content = sequence(
    hex('a003020102'),
    der(0x02, serialNumber()),
    algorithm,
    nameOf(issuer),
    sequence(...times),
    nameOf(subject),
    spki,
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  const signature = der(0x03, hex('00'), sign('sha256', content, signer));
  const body = sequence(content, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?!$)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

let serial = 0;

function serialNumber(): Buffer {
  serial += 1;
  return Buffer.from([0x01, (serial >> 8) & 0xff, serial & 0xff]);
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(hex(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
}

function altName(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(hex(oid), der(0x04, value));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body)]), body]);
}

// In the shortest form: OpenSSL reads no other.
function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
