/** The longest delay that Node's timers take; a longer one would fire at once, with a warning. @internal */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** How late a timer may fire before we take the process, not the server, for the slow one. @internal */
export const STALL_MS = 100;

/** What a slow process has, before a deadline passes, to read what came, and to send what it had not sent yet. @internal */
export const STALL_GRACE_MS = 50;

/** So many times, one after another: a process that does not get to run has not used the time. @internal */
export const STALL_GRACES = 4;
