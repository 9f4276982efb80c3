import type { ContextMessage } from '../context-message.interface.js';

/** What the messages before one say about its tool: an answer names a call, a form may want the tool's name too. @internal */
export class SeenCalls {
  private readonly tools = new Map<string, string>();
  private readonly approvals = new Map<string, string>();

  /** The tool that a call is for. */
  toolOf(callId: string): string | undefined {
    return this.tools.get(callId);
  }

  /** The call that an approval is about. */
  callOf(approvalId: string): string | undefined {
    return this.approvals.get(approvalId);
  }

  learn(message: ContextMessage): void {
    if (message.role !== 'assistant') return;
    for (const { id, name } of message.toolCalls ?? []) this.tools.set(id, name);
    if (typeof message.content === 'string') return;
    for (const { type, approvalId, toolCallId } of message.content) {
      if (type !== 'tool-approval-request' || typeof approvalId !== 'string') continue;
      if (typeof toolCallId === 'string' && toolCallId !== '') this.approvals.set(approvalId, toolCallId);
    }
  }
}
