/** What is wrong with a value, as the end of a sentence that begins with the option's name; undefined for a good one. @internal */
export type FaultOf = (value: unknown) => string | undefined;

/** One for each option there is, so that the compiler tells which is missing. @internal */
export type OptionRules<Options> = { readonly [option in keyof Required<Options>]: FaultOf };

/**
 * Everything that is wrong with the options of a feature, a text each; an option that is undefined is not given. Values
 * are not shown: one of them may be a credential in the wrong place.
 *
 * @param told what to say of names that are no options, where there is more to say
 * @internal
 */
export function faultsOfOptions<Options>(
  options: unknown,
  rules: OptionRules<Options>,
  told: Readonly<Record<string, string>> = {},
): string[] {
  if (typeof options !== 'object' || options === null) return ['the options must be an object'];
  return Object.entries(options).flatMap(([name, value]) => {
    if (!Object.hasOwn(rules, name)) return [`${name} ${Object.hasOwn(told, name) ? told[name] : 'is not an option'}`];
    const fault = value === undefined ? undefined : rules[name as keyof Options](value);
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
}

/** @internal */
export function mustBe(isGood: (value: unknown) => boolean, what: string): FaultOf {
  return (value) => (isGood(value) ? undefined : `must be ${what}`);
}

/** @internal */
export const mustBeFlag: FaultOf = mustBe((value) => typeof value === 'boolean', 'true or false');

/** @internal */
export function mustBeInteger(least: number, most: number = Number.MAX_SAFE_INTEGER): FaultOf {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return mustBe(
    (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    `an integer ${range}`,
  );
}
