/**
 * What is counted of the consumers' events. Their folders are not known here: each may be deleted without the other, and
 * a test holds these to what the consumers publish.
 */

/** Of `nestjs-redis-hub:context:read`. @internal */
export interface CountedContextRead {
  readonly source: string;
  readonly hit: boolean;
  readonly reason?: string;
  readonly errorKind?: string;
  readonly messages: number;
  readonly corrupt: number;
}

/** Of `nestjs-redis-hub:session:fallback`. @internal */
export interface CountedSessionFallback {
  readonly action: string;
  readonly tier: string;
  readonly reason: string;
}

/** Of `nestjs-redis-hub:session:replay`. @internal */
export interface CountedSessionReplay {
  readonly to: string;
  readonly outcome: string;
}
