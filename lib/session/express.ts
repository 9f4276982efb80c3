export { ExpressSessionModule } from './express-session.module.js';
export { ExpressSessionStore } from './express-session.store.js';
