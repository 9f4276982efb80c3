import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(process.cwd(), 'docs', 'ACL.md');

/** A user whose rights the documentation gives. */
export interface DocumentedUser {
  readonly name: string;
  readonly password: string;
  /** As ACL SETUSER and a server's configuration take them, the name first. */
  readonly rules: readonly string[];
  /** The commands among them, such as `get` and `client|info`. */
  readonly commands: readonly string[];
}

const PASSWORD = 'least-of-all';

/** Every `ACL SETUSER` of the documentation, by its name. */
export function documentedUsers(): ReadonlyMap<string, DocumentedUser> {
  const lines = readFileSync(PAGE, 'utf8').matchAll(/^ACL SETUSER (.+)$/gm);
  const users = [...lines].map(([, text = '']) => toUser(text.replaceAll('<password>', PASSWORD).split(' ')));
  return new Map(users.map((user) => [user.name, user]));
}

/** The user that this spec runs as, where it runs as one. */
export function userOfThisRun(): DocumentedUser | undefined {
  const { HUB_TEST_USER: name } = globalThis as { HUB_TEST_USER?: string };
  if (name === undefined || !documentedUsers().has(name)) return undefined;
  const user = documentedUsers().get(name);
  if (user === undefined) throw new Error(`docs/ACL.md has no user named ${name}`);
  return user;
}

function toUser(rules: readonly string[]): DocumentedUser {
  const commands = rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1));
  return { name: rules[0] ?? '', password: PASSWORD, rules, commands };
}
