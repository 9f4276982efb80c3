/** Name of the queue. */
export const ANSWERS_QUEUE = 'answers';

/** The bounds of a chat, in one place. */
export const CHAT_LIMITS = {
  /** Messages of each chat that the context keeps. */
  contextMessages: 50,
  /** Messages that the worker puts before the model. */
  windowMessages: 20,
  /** Messages of each chat that the page shows, the newest. */
  shownMessages: 100,
  /** Messages that a compaction leaves as they are, the newest. */
  keptMessages: 4,
  textLength: 16_000,
  idLength: 64,
} as const;
