// Where the viewer begins: the token is taken out of the address before anything else can look at it.
import { takeToken } from './session.js';
import { applyTheme } from './theme.js';

takeToken();
applyTheme();
await import('./app.js');
