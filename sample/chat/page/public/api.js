/** An answer that is not the one asked for: `status` is 0 where no answer came at all. */
export class ApiError extends Error {
  constructor(status, { kind, message }) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

const DEADLINE_MS = 5_000;

/** Asks the server; its JSON, or an {@link ApiError}. */
export async function request(method, path, body, deadlineMs = DEADLINE_MS) {
  const response = await ask(method, path, body, deadlineMs);
  const answer = response.headers.get('content-type')?.includes('json') ? await response.json() : {};
  if (response.ok) return answer;
  throw new ApiError(response.status, { kind: answer.kind, message: answer.message ?? response.statusText });
}

async function ask(method, path, body, deadlineMs) {
  try {
    return await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(deadlineMs),
    });
  } catch {
    throw new ApiError(0, { kind: 'no-server', message: 'The server cannot be reached.' });
  }
}

export const chatPath = (chatId, what) => `/chats/${encodeURIComponent(chatId)}/${what}`;
