import { inspect } from 'node:util';

/**
 * Every way in which a secret may stand in a text: as it is, percent-encoded (by either of JavaScript's encoders or by
 * a URL), escaped by JSON or by `util.inspect`. Longest first, so that no form leaves a rest of a longer one.
 *
 * @internal
 */
export function secretForms(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (typeof secret !== 'string' || secret === '') continue;
    for (const form of formsOf(secret)) forms.add(form);
  }
  return [...forms].filter((form) => form !== '').toSorted((a, b) => b.length - a.length);
}

function formsOf(secret: string): string[] {
  const encoded = [encodeURIComponent, encodeURI, asUserinfo].map((encode) => attempt(encode, secret));
  return [
    secret,
    ...encoded,
    ...encoded.map((form) => form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    inspect(secret, { maxStringLength: null, breakLength: Infinity }).slice(1, -1),
  ];
}

function asUserinfo(secret: string): string {
  const url = new URL('redis://host');
  url.password = secret;
  return url.password;
}

// A lone surrogate makes the encoders throw; the other forms still stand.
function attempt(encode: (text: string) => string, secret: string): string {
  try {
    return encode(secret);
  } catch {
    return '';
  }
}
