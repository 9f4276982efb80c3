import type { OptionReader } from './option-reader.js';

/** As whom to log in. @internal */
export interface LoginSettings {
  readonly username?: string;
  readonly password?: string;
}

/** Reads `username` and `password`; what is not given there comes from the URL. @internal */
export function readLogin(options: OptionReader, url: LoginSettings = {}): LoginSettings {
  const username = options.text('username') ?? url.username;
  const password = options.text('password') ?? url.password;
  if (password !== undefined) return { ...(username !== undefined && { username }), password };
  const isBadPassword = options.has('password') && options.raw('password') !== '';
  // The drivers send no AUTH without a password, and would go on as the default user without a word.
  if (username !== undefined && username !== 'default' && !isBadPassword) {
    const from = options.has('username') && options.raw('username') !== '' ? 'username' : 'url';
    options.fault(from, 'names a user without a password; for a user of the kind nopass give any password');
  }
  return {};
}
