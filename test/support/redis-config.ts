import { randomUUID } from 'node:crypto';

export interface TestTlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface RedisTestServerOptions {
  /** @default a free one below 30000 */
  readonly port?: number;
  /** Whom `url` names, one of `acl`. @default the `default` user */
  readonly user?: string;
  /** Of that user. */
  readonly password?: string;
  /** Users in ACL syntax without the word `user`, such as `app on >secret ~app:* +@all` or `default off`. */
  readonly acl?: readonly string[];
  /** Keep data through `kill()` and `restart()`, every write synced. @default false */
  readonly appendonly?: boolean;
  /** Serve TLS on the port, and nothing in plain. */
  readonly tls?: TestTlsFiles & {
    /** Ask clients for a certificate. @default false */
    readonly authClients?: boolean;
  };
  /** More lines for the server's configuration, such as `maxmemory 2mb`. */
  readonly config?: readonly string[];
  /** More command line arguments. */
  readonly args?: readonly string[];
}

/** The user that the test's own questions come from, so that they are told apart and get through whatever the ACL says. */
export const PROBE_USER = 'hub-test-probe';
export const PROBE_PASSWORD = randomUUID();

/** The configuration file; in a file, so that no password is on a command line. */
export function redisConfig(dir: string, socket: string, port: number, options: RedisTestServerOptions): string {
  return [
    ...portLines(port, options.tls),
    'bind 127.0.0.1',
    `dir "${dir}"`,
    `unixsocket "${socket}"`,
    'save ""',
    ...(options.appendonly ? ['appendonly yes', 'appendfsync always'] : []),
    `user ${PROBE_USER} on >${PROBE_PASSWORD} ~* &* +@all`,
    ...(options.acl ?? []).map((user) => `user ${user}`),
    ...(options.password === undefined || options.user !== undefined
      ? []
      : [`requirepass "${options.password.replace(/["\\]/g, '\\$&')}"`]),
    ...(options.config ?? []),
    '',
  ].join('\n');
}

function portLines(port: number, tls: RedisTestServerOptions['tls']): string[] {
  if (!tls) return [`port ${port}`];
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file "${tls.cert}"`,
    `tls-key-file "${tls.key}"`,
    `tls-ca-cert-file "${tls.ca}"`,
    `tls-auth-clients ${tls.authClients ? 'yes' : 'no'}`,
  ];
}
