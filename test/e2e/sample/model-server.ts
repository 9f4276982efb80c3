import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deferred } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

/** What a model was asked. */
export interface ModelRequest {
  readonly authorization: string | undefined;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** An endpoint that speaks OpenAI's chat completions, holds its answers back when told to, and fails when told to. */
export class ModelServer implements TestResource {
  readonly requests: ModelRequest[] = [];
  /** HTTP status of the answers from now on. */
  status = 200;
  private gate = deferred();
  private readonly server: Server;

  private constructor() {
    this.gate.resolve();
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<ModelServer> {
    const model = track(new ModelServer());
    await new Promise<void>((resolve) => model.server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Answers wait from now on. */
  hold(): void {
    this.gate = deferred();
  }

  release(): void {
    this.gate.resolve();
  }

  async stop(): Promise<void> {
    this.release();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    untrack(this);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { model, messages } = JSON.parse(Buffer.concat(chunks).toString()) as ModelRequest;
    this.requests.push({ authorization: request.headers.authorization, model, messages });
    await this.gate.promise;
    const content = `The model answers: ${messages.at(-1)?.content}`;
    const body = this.status === 200 ? { choices: [{ message: { role: 'assistant', content } }] } : { error: {} };
    response.writeHead(this.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
