/** What the runner can ask of a consumer, by name. Arguments and results travel as JSON. */
export type Verbs = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** A class of the app that has verbs. One a consumer; listed in `index.ts`. */
export interface VerbsProvider {
  readonly verbs: Verbs;
}
