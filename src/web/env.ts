import type { Context } from 'hono';
import type { Ctx } from '../base/context.ts';
import type { Resolver } from '../mail/resolver.ts';
import type { Session } from '../organisations/sessions.ts';
import type { FlashMessage } from './ui/components.tsx';

/** Work that a page asks for and does not wait for; the clock would find it anyway a few seconds later. */
export type Wake = (
  work: { kind: 'outbox' } | { kind: 'drain'; pushId: number } | { kind: 'import'; importId: number },
) => Promise<void>;

/** What pages are made with. */
export type WebDeps = Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'> & {
  /** Mail goes to the catcher: shown on every page, and its mailbox is offered. */
  demo: boolean;
  trustedProxies: number;
  /** What makes PDF files; null: none was found. */
  chromium?: string | null;
  /** Where the files of the inventories lie. */
  dataDir: string;
  /** What the DNS answers about sender domains; the machine's own by default. */
  resolver?: Resolver;
  wake: Wake;
};

/** After the session gate: `session` and `ctx` are there, and a POST has proved its token. */
export type WebEnv = { Variables: { session: Session; ctx: Ctx; deps: WebDeps; flash: FlashMessage | undefined } };
export type WebContext = Context<WebEnv>;
