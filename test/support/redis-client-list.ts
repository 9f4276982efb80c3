/** One line of CLIENT LIST. */
export interface RedisClientInfo {
  readonly id: number;
  readonly name: string;
  readonly user: string;
  readonly db: number;
  /** The last command, in lower case, such as `bzpopmin` or `client|setinfo`. */
  readonly cmd: string;
  /** Every field as the server wrote it. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads the reply of CLIENT LIST. */
export function parseClientList(text: string): RedisClientInfo[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine);
}

function parseLine(line: string): RedisClientInfo {
  const fields: Record<string, string> = {};
  for (const pair of line.trim().split(' ')) {
    const at = pair.indexOf('=');
    if (at > 0) fields[pair.slice(0, at)] = pair.slice(at + 1);
  }
  const { id = '', name = '', user = '', db = '', cmd = '' } = fields;
  return { id: Number(id), name, user, db: Number(db), cmd, fields };
}
