/**
 * Messages that the server has not taken yet, kept over a reload of the page: each with the id that makes sending it
 * again harmless.
 */
export class Outbox {
  constructor(user, chatId) {
    this.key = `outbox:${JSON.stringify([user, chatId])}`;
    this.entries = new Map(JSON.parse(sessionStorage.getItem(this.key) ?? '[]'));
  }

  put(id, entry) {
    this.entries.set(id, entry);
    this.save();
  }

  remove(id) {
    if (this.entries.delete(id)) this.save();
  }

  save() {
    sessionStorage.setItem(this.key, JSON.stringify([...this.entries]));
  }
}
