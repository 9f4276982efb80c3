import type { OptionReader } from './option-reader.js';

/** Whether Redis is on, and if not, which flag turned it off. @internal */
export type EnabledSettings = { readonly enabled: true } | { readonly enabled: false; readonly disabledBy: string };

/** Reads the feature flag: `false` wins over everything; unset, an address or a client decides. @internal */
export function readEnabled(options: OptionReader): EnabledSettings {
  const flag = options.flag('enabled');
  const variable = options.faults.nameOf('enabled');
  const isFromEnv = variable !== 'enabled';
  if (flag === false) return { enabled: false, disabledBy: isFromEnv ? `${variable}=false` : 'enabled: false' };
  if (['url', 'host', 'client', 'sentinel'].some((name) => options.has(name))) return { enabled: true };
  const missing = isFromEnv ? 'no REDIS_URL is set' : 'no url, host or client is given';
  if (flag === true) options.fault('enabled', `is true, but ${missing}`);
  return { enabled: false, disabledBy: missing };
}
