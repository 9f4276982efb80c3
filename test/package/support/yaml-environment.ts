import { parseAllDocuments } from 'yaml';
import type { Environment } from './guide-environment.js';

type Tree = Readonly<Record<string, unknown>>;

/** A container of a Compose file or of a Deployment that is given variables of ours. */
export interface Container {
  readonly title: string;
  readonly env: Environment;
  /** The files that are mounted in it: paths of secrets. */
  readonly files: readonly string[];
}

/** The containers of a YAML text with our variables. `envFile`: what Compose would read from a file beside it. */
export function containersOf(text: string, envFile: Environment): Container[] {
  const documents = parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Tree;
  });
  const found = documents.flatMap((document) => [...composed(document, envFile), ...deployed(document, documents)]);
  return found.filter(({ env }) => Object.keys(env).some((name) => name.startsWith('REDIS_')));
}

function composed(document: Tree, envFile: Environment): Container[] {
  const secrets = Object.keys(tree(document['services'] && document['secrets']));
  return Object.entries(tree(document['services'])).map(([title, service]) => {
    const { environment, env_file: file, secrets: used } = tree(service);
    const mounted = list(used).map(String);
    const unknown = mounted.filter((name) => !secrets.includes(name));
    if (unknown.length > 0) throw new Error(`Compose knows no secret ${unknown.join()}`);
    const env = { ...(file === undefined ? {} : envFile), ...composeTexts(tree(environment)) };
    return { title, env, files: mounted.map((name) => `/run/secrets/${name}`) };
  });
}

/** Compose takes numbers, and refuses a bare `true`. */
function composeTexts(environment: Tree): Environment {
  return texts(environment, ['string', 'number']);
}

function deployed(document: Tree, all: readonly Tree[]): Container[] {
  if (document['kind'] !== 'Deployment') return [];
  const pod = tree(tree(tree(document['spec'])['template'])['spec']);
  const dataOf = (kind: string, name: unknown): Environment => {
    const found = all.find((other) => other['kind'] === kind && tree(other['metadata'])['name'] === name);
    if (!found) throw new Error(`There is no ${kind} ${String(name)}`);
    return texts(tree(found[kind === 'Secret' ? 'stringData' : 'data']), ['string']);
  };
  const volumes = new Map(
    list(pod['volumes']).map((volume) => [tree(volume)['name'], tree(tree(volume)['secret'])['secretName']]),
  );
  return list(pod['containers']).map((container) => {
    const { name, env, envFrom, volumeMounts } = tree(container);
    const shared = list(envFrom).map((from) => dataOf('ConfigMap', tree(tree(from)['configMapRef'])['name']));
    const own = list(env).map((variable) => [tree(variable)['name'], valueOf(tree(variable), dataOf)]);
    const files = list(volumeMounts).flatMap((mount) => {
      const { name: volume, mountPath } = tree(mount);
      return Object.keys(dataOf('Secret', volumes.get(volume))).map((key) => `${String(mountPath)}/${key}`);
    });
    const merged = Object.assign({}, ...shared, Object.fromEntries(own)) as Tree;
    return { title: String(name), env: texts(merged, ['string']), files };
  });
}

function valueOf(variable: Tree, dataOf: (kind: string, name: unknown) => Environment): unknown {
  if (variable['valueFrom'] === undefined) return variable['value'];
  const { name, key } = tree(tree(variable['valueFrom'])['secretKeyRef']);
  return dataOf('Secret', name)[String(key)];
}

function texts(values: Tree, types: readonly string[]): Environment {
  const wrong = Object.keys(values).filter((name) => !types.includes(typeof values[name]));
  if (wrong.length > 0) throw new Error(`${wrong.join()} must be a text`);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
