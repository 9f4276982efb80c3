import dns, { Resolver, type LookupAddress, type LookupOptions } from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/** Loaded before the app: names of the test are asked of the test's own name server, as the system's would be. */
const NAMES = /\.test$/;

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

const system = dns.lookup;
// A system asks twice, and waits for five seconds each time.
const resolver = new Resolver({ timeout: 5_000, tries: 2 });
resolver.setServers([process.env['FAULTS_NAME_SERVER'] ?? '127.0.0.1']);

function lookup(name: string, options: LookupOptions | Callback, callback?: Callback): void {
  if (!NAMES.test(name)) return (system as (...args: unknown[]) => void)(name, options, callback);
  const isAll = typeof options === 'object' && options.all === true;
  const done = typeof options === 'function' ? options : callback;
  resolver.resolve4(name, (error, addresses) => {
    const [address = ''] = addresses ?? [];
    if (error) done?.(asOfSystem(error.code, name));
    else if (isAll) done?.(null, [{ address, family: 4 }]);
    else done?.(null, address, 4);
  });
}

/** As `getaddrinfo` puts it. */
function asOfSystem(said: string | undefined, hostname: string): Error {
  const code = said === 'ENOTFOUND' ? 'ENOTFOUND' : 'EAI_AGAIN';
  const syscall = 'getaddrinfo';
  return Object.assign(new Error(`${syscall} ${code} ${hostname}`), { code, syscall, hostname });
}

Object.assign(dns, { lookup });
syncBuiltinESMExports();
