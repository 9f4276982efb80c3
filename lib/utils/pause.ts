/** A wait that can be cut short. @internal */
export interface Pause {
  readonly done: Promise<void>;
  end(): void;
}

/** @internal */
export function createPause(ms: number): Pause {
  let end!: () => void;
  const done = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { done, end };
}
