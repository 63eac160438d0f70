import { actions } from './actions.ts';
import { budget } from './budget.ts';
import { events } from './events.ts';
import { glossary } from './glossary.ts';
import type { Kind } from './kind.ts';
import { kit } from './kit.ts';
import { decisions, watch } from './memory.ts';
import { pageFigures, pages } from './pages.ts';
import { relays } from './relays.ts';
import { simulatedClicks } from './simulated-clicks.ts';
import { supports } from './supports.ts';
import { surveys } from './surveys.ts';
import { webinars } from './webinars.ts';
import { withdrawals } from './withdrawals.ts';

/** In the order in which they are written: an amount names an action, a withdrawal comes after all that it ends. */
export const KINDS: readonly Kind[] = [
  glossary,
  supports,
  actions,
  events,
  budget,
  pages,
  pageFigures,
  simulatedClicks,
  surveys,
  webinars,
  relays,
  kit,
  decisions,
  watch,
  withdrawals,
];
