export { QueueConnectionModule, type QueueConnectionOptions } from './queue-connection.module.js';
export { QueueConnection } from './queue.connection.js';
