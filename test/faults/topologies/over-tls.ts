import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { freePort, releasePort } from '../../support/free-port.js';
import type { RespReply } from '../../support/resp-connection.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TlsFiles } from '../../support/tls-files.js';
import type { Certificate } from '../../support/certificates.js';
import { PASSWORD } from './standalone.js';
import type { ProcessSettings, World } from './world.js';

type TlsOption = RedisModuleOptions['tls'];

export interface OverTlsOptions {
  /** What the server shows at its start. */
  readonly shows?: (files: TlsFiles) => Certificate;
  /** Whether it asks for a certificate of the client's. */
  readonly asks?: boolean;
  /** What the app is told. Left out, it speaks in plain. */
  readonly tls?: (files: TlsFiles) => TlsOption;
  /** Which of its two ports the app's address leads to. @default tls */
  readonly leadsTo?: 'tls' | 'plain';
}

/** One server with a port for TLS and one without, and a proxy that leads to one of them. */
export class OverTls implements World {
  /** When each socket was opened to the proxy, in milliseconds of `performance.now()`. */
  readonly dials: number[] = [];

  private constructor(
    readonly server: RedisTestServer,
    readonly proxy: TcpProxy,
    private readonly made: {
      readonly files: TlsFiles;
      readonly target: { port: number; readonly host: string };
      readonly tlsPort: number;
      readonly tls: TlsOption;
    },
  ) {
    proxy.on('connection', () => this.dials.push(performance.now()));
  }

  static async start({ shows, asks = false, tls, leadsTo = 'tls' }: OverTlsOptions): Promise<OverTls> {
    const files = new TlsFiles();
    const tlsPort = await freePort();
    const shown = files.show(shows?.(files) ?? files.server);
    const config = [
      'appendfsync no',
      `tls-port ${tlsPort}`,
      `tls-cert-file "${shown.cert}"`,
      `tls-key-file "${shown.key}"`,
      `tls-ca-cert-file "${shown.ca}"`,
      `tls-auth-clients ${asks ? 'yes' : 'no'}`,
    ];
    const server = await RedisTestServer.start({ password: PASSWORD, appendonly: true, config });
    const target = { host: server.host, port: leadsTo === 'tls' ? tlsPort : server.port };
    return new OverTls(server, await TcpProxy.start(target), { files, target, tlsPort, tls: tls?.(files) });
  }

  /** The passwords, and what a printed key of the client's would show. */
  get secrets(): readonly string[] {
    const { client, foreignClient } = this.made.files;
    return [PASSWORD, ...[client, foreignClient].map(({ key }) => key.split('\n')[1] ?? key)];
  }

  get options(): RedisModuleOptions {
    const { host, port } = this.proxy;
    const { tls } = this.made;
    return { host, port, password: PASSWORD, ...(tls !== undefined && { tls }) };
  }

  /** Whom a process trusts that is given no authority: the test's own, too. */
  get process(): ProcessSettings {
    return { env: { NODE_EXTRA_CA_CERTS: this.made.files.caFile } };
  }

  /** The address leads to the other port from now on. */
  lead(to: 'tls' | 'plain'): void {
    this.made.target.port = to === 'tls' ? this.made.tlsPort : this.server.port;
  }

  /** From its next start on, which is now, the server shows this. */
  async show(shown: (files: TlsFiles) => Certificate): Promise<void> {
    this.made.files.show(shown(this.made.files));
    await this.server.restart();
  }

  sockets(): Promise<number> {
    return this.server.clientCount();
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    return this.server.command(...args);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.server.stop();
    releasePort(this.made.tlsPort);
    this.made.files.remove();
  }
}

/** A topology for rows. */
export function overTls(options: OverTlsOptions = {}): () => Promise<OverTls> {
  return () => OverTls.start(options);
}
