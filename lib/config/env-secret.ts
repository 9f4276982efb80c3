import { readFileSync } from 'node:fs';
import { readText } from '../errors/read-property.js';
import type { EnvReader } from './env-reader.js';

/** Reads a secret from its variable to the letter, or from the file that the variable with `_FILE` names. @internal */
export function secretFromEnv(env: EnvReader, variable: string, fileVariable: string): string | undefined {
  const secret = env.exact(variable);
  const file = env.text(fileVariable);
  if (file === undefined) return secret;
  if (secret !== undefined) return env.fault(fileVariable, `is set beside ${variable}; unset one of them`);
  return readSecretFile(env, fileVariable, file);
}

function readSecretFile(env: EnvReader, variable: string, file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return secret === '' ? env.fault(variable, `${JSON.stringify(file)} is empty`) : secret;
  } catch (error) {
    const reason = readText(error, 'code') ?? 'unknown reason';
    return env.fault(variable, `cannot read ${JSON.stringify(file)} (${reason})`);
  }
}
