import type { RedisTlsOptions } from '../../../lib/interfaces/redis-options.interface.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import type { CertificateFiles, TlsFiles } from '../../support/tls-files.js';

type Shown = (files: TlsFiles) => CertificateFiles;

export interface Mistake {
  readonly what: string;
  /** What the server shows. @default a certificate that is right */
  readonly shows?: Shown;
  /** Whether the server asks for a certificate of the client's. */
  readonly asks?: boolean;
  readonly tls: (files: TlsFiles) => RedisTlsOptions | true;
  /** What the error says is to be done. */
  readonly advice: RegExp;
  /** What the server shows when it was mended; where it is left out, it asks for no certificate any more. */
  readonly mended?: Shown;
}

const TRUST = /give it as tls\.caFile \(REDIS_TLS_CA_FILE\)/;
const TRUST_ANOTHER = /tls\.caFile, REDIS_TLS_CA_FILE\) was read, and is not that of the server's certificate/;
const NAME = /give the name as tls\.servername \(REDIS_TLS_SERVERNAME\)/;

/** Every way in which the certificates of server and client do not come together. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: 'an authority that is not known',
    tls: () => true,
    advice: TRUST,
  },
  {
    what: 'an authority other than the one given',
    tls: ({ stranger }) => ({ ca: stranger.cert }),
    advice: TRUST_ANOTHER,
    mended: ({ foreign }) => foreign,
  },
  {
    what: 'a certificate of another authority',
    shows: ({ foreign }) => foreign,
    tls: ({ ca }) => ({ ca }),
    advice: TRUST_ANOTHER,
    mended: ({ server }) => server,
  },
  {
    what: 'a certificate that has expired',
    shows: ({ expired }) => expired,
    tls: ({ ca }) => ({ ca }),
    advice: /Renew the certificate of the server/,
    mended: ({ renewed }) => renewed,
  },
  {
    what: 'a certificate of another host',
    shows: ({ elsewhere }) => elsewhere,
    tls: ({ ca }) => ({ ca }),
    advice: NAME,
    mended: ({ server }) => server,
  },
  {
    what: 'a server name that is not in the certificate',
    tls: ({ ca }) => ({ ca, servername: 'elsewhere.example' }),
    advice: NAME,
    mended: ({ elsewhere }) => elsewhere,
  },
  {
    what: 'a client certificate that is missing',
    asks: true,
    tls: ({ ca }) => ({ ca }),
    advice: /asks for a client certificate: give tls\.certFile and tls\.keyFile \(REDIS_TLS_CERT_FILE, /,
  },
  {
    what: 'a client certificate of another authority',
    asks: true,
    tls: (files) => files.as(files.foreignClient),
    advice: /does not know the authority of the client certificate/,
  },
];

/** Makes the server such that the client is right. */
export async function mend(server: RedisTestServer, files: TlsFiles, { mended }: Mistake): Promise<void> {
  if (mended === undefined) {
    await server.command('CONFIG', 'SET', 'tls-auth-clients', 'no');
    return;
  }
  files.show(mended(files));
  await server.restart();
}
