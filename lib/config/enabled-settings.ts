import { isPlainObject } from './describe-value.js';
import type { OptionReader } from './option-reader.js';

/** What is missing where the variables name no address. @internal */
export const NO_ADDRESS_VARIABLE = 'no REDIS_URL or REDIS_SENTINELS is set';

/** Whether Redis is on, and if not, which flag turned it off. @internal */
export type EnabledSettings = { readonly enabled: true } | { readonly enabled: false; readonly disabledBy: string };

/** Reads the feature flag: `false` wins over everything; unset, an address or a client decides. @internal */
export function readEnabled(options: OptionReader): EnabledSettings {
  const flag = options.flag('enabled');
  const variable = options.faults.nameOf('enabled');
  const isFromEnv = variable !== 'enabled';
  if (flag === false) return { enabled: false, disabledBy: isFromEnv ? `${variable}=false` : 'enabled: false' };
  const hasAddress = ['url', 'host', 'client', 'sentinel'].some((name) => options.has(name));
  if (hasAddress || isPlainObject(options.raw('cluster'))) return { enabled: true };
  const missing = isFromEnv ? NO_ADDRESS_VARIABLE : 'no url, host, sentinel, cluster.nodes or client is given';
  if (flag === true) options.fault('enabled', `is true, but ${missing}`);
  return { enabled: false, disabledBy: missing };
}
