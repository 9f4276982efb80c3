export { FastifySessionModule } from './fastify-session.module.js';
export { FastifySessionStore } from './fastify-session.store.js';
