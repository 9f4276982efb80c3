import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, makeAuthority } from './certificates.js';
import type { Authority, Certificate } from './certificates.js';
import type { TestTlsFiles } from './redis-config.js';

const HOSTS = ['localhost', '127.0.0.1'];

/** A certificate as PEM, and the files that hold it. */
export interface CertificateFiles extends Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Throwaway authorities and certificates in a folder of their own: right ones, and wrong in each way. */
export class TlsFiles {
  readonly authority = makeAuthority('hub test authority');
  /** Whom the server does not know. */
  readonly stranger = makeAuthority('a stranger');
  private readonly dir = mkdtempSync(join(tmpdir(), 'hub-tls-'));
  readonly caFile = this.write('ca.pem', this.authority.cert);
  /** Its authority, as PEM text. */
  readonly ca = this.authority.cert;
  readonly server = this.issue('server', this.authority, { hosts: HOSTS });
  readonly renewed = this.issue('renewed', this.authority, { hosts: HOSTS });
  readonly expired = this.issue('expired', this.authority, { hosts: HOSTS, until: '210101' });
  readonly elsewhere = this.issue('elsewhere', this.authority, { hosts: ['elsewhere.example'] });
  readonly foreign = this.issue('foreign', this.stranger, { hosts: HOSTS });
  readonly client = this.issue('client', this.authority);
  readonly foreignClient = this.issue('foreign-client', this.stranger);

  /** Who shows up with that certificate, as options. */
  as({ cert, key }: Certificate): { readonly ca: string } & Certificate {
    return { ca: this.ca, cert, key };
  }

  /**
   * Puts a certificate where a server looks for its own, at its start. The same files each time, so that the server
   * shows another one after its next start.
   */
  show({ cert, key }: Certificate): TestTlsFiles {
    return { cert: this.write('shown.pem', cert), key: this.write('shown-key.pem', key), ca: this.caFile };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private issue(name: string, authority: Authority, options: Parameters<typeof issue>[2] = {}): CertificateFiles {
    const made = issue(authority, name, options);
    const files = { certFile: this.write(`${name}.pem`, made.cert), keyFile: this.write(`${name}-key.pem`, made.key) };
    return { ...made, ...files };
  }

  private write(name: string, text: string): string {
    const file = join(this.dir, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }
}
