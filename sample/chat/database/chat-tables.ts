/**
 * The row of a chat is locked while a message of it is written, so that the positions of a chat become visible in their
 * order. Messages are of type `json`, which takes any text, a null character too.
 */
export const CREATE_TABLES = `
SELECT pg_advisory_xact_lock(hashtext('chat_sample'));
CREATE TABLE IF NOT EXISTS chat_sample_chats (
  owner text, chat text, last_position integer NOT NULL, last_at timestamptz NOT NULL,
  summary json, summary_until integer NOT NULL DEFAULT 0,
  PRIMARY KEY (owner, chat)
);
CREATE TABLE IF NOT EXISTS chat_sample_messages (
  owner text, chat text, position integer, id text NOT NULL, tokens integer NOT NULL, message json NOT NULL,
  PRIMARY KEY (owner, chat, position), UNIQUE (owner, chat, id)
);`;

export const INSERT_MESSAGE = `
WITH next AS (
  INSERT INTO chat_sample_chats AS chats (owner, chat, last_position, last_at) VALUES ($1, $2, 1, $6)
  ON CONFLICT (owner, chat) DO UPDATE SET last_position = chats.last_position + 1, last_at = EXCLUDED.last_at
  RETURNING last_position
)
INSERT INTO chat_sample_messages (owner, chat, position, id, tokens, message)
SELECT $1::text, $2::text, last_position, $3::text, $4::integer, $5::json FROM next
ON CONFLICT (owner, chat, id) DO NOTHING
RETURNING position`;

export const FIND_MESSAGE = `
SELECT message FROM chat_sample_messages WHERE owner = $1 AND chat = $2 AND id = $3`;

export const RECENT_MESSAGES = `
SELECT position, tokens, message FROM chat_sample_messages
WHERE owner = $1 AND chat = $2 AND position > $4 ORDER BY position DESC LIMIT $3`;

export const COUNT_MESSAGES = `
SELECT count(*)::integer AS messages FROM chat_sample_messages WHERE owner = $1 AND chat = $2`;

export const FIND_SUMMARY = `
SELECT summary FROM chat_sample_chats WHERE owner = $1 AND chat = $2 AND summary_until > 0`;

export const SAVE_SUMMARY = `
UPDATE chat_sample_chats SET summary = $3, summary_until = $4
WHERE owner = $1 AND chat = $2 AND summary_until < $4`;

export const LIST_CHATS = `
SELECT chats.chat AS id, chats.last_at AS "lastAt", count(*)::integer AS messages
FROM chat_sample_chats AS chats JOIN chat_sample_messages AS messages USING (owner, chat)
WHERE chats.owner = $1 GROUP BY chats.chat, chats.last_at ORDER BY chats.last_at DESC LIMIT 200`;
