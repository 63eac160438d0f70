import { getCookie, setCookie } from 'hono/cookie';
import type { Child } from 'hono/jsx';
import { type Action, may } from '../organisations/permissions.ts';
import type { WebContext } from './env.ts';
import type { FlashMessage } from './ui/components.tsx';
import { Layout } from './ui/layout.tsx';

const FLASH = 'porte-voix-message';

/** The rooms of the house, and what one must be allowed to do to enter. */
const NAV: readonly { href: string; label: string; needs: Action; demo?: true }[] = [
  { href: '/', label: 'Aujourd’hui', needs: 'campaign.read' },
  { href: '/campagnes', label: 'Campagnes', needs: 'campaign.read' },
  { href: '/contacts', label: 'Contacts', needs: 'contacts.read' },
  { href: '/audiences', label: 'Audiences', needs: 'contacts.read' },
  { href: '/memoire', label: 'Mémoire', needs: 'memory.read' },
  { href: '/courrier', label: 'Courrier de démonstration', needs: 'catcher.read', demo: true },
];

/** A signed-in page. `current` is the entry of the navigation, `status` 422 when a form comes back with its errors. */
export function page(
  c: WebContext,
  p: { title: string; current?: string; wide?: boolean; status?: 200 | 422 | 409 },
  children: Child,
) {
  const session = c.get('session');
  const deps = c.get('deps');
  return c.html(
    <Layout
      title={p.title}
      nav={NAV.filter((entry) => may(session.actor, entry.needs) && (deps.demo || !entry.demo))}
      current={p.current}
      wide={p.wide}
      demo={deps.demo}
      flash={c.get('flash')}
      csrf={session.csrf}
      session={{
        name: session.actor.name,
        organisation: session.organisation,
        roles: session.actor.roles,
        others: session.others,
      }}
    >
      {children}
    </Layout>,
    p.status ?? 200,
  );
}

/** After a POST: go there, and say what happened on the next page only. */
export function redirectWith(c: WebContext, to: string, flash?: FlashMessage) {
  if (flash)
    setCookie(c, FLASH, JSON.stringify(flash), {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: 60,
      secure: secure(c),
    });
  return c.redirect(to, 303);
}

/** Reads the message left by `redirectWith`, once. */
export function takeFlash(c: WebContext): FlashMessage | undefined {
  const text = getCookie(c, FLASH);
  if (!text) return undefined;
  setCookie(c, FLASH, '', { path: '/', maxAge: 0, secure: secure(c) });
  try {
    const { kind, text: words } = JSON.parse(text) as FlashMessage;
    return kind === 'ok' || kind === 'problem' ? { kind, text: String(words).slice(0, 500) } : undefined;
  } catch {
    // A cookie somebody else wrote: nothing to say.
    return undefined;
  }
}

export const secure = (c: WebContext): boolean => c.get('deps').publicUrl.startsWith('https:');

/** A form's fields as texts (the last one wins) and files. */
export async function formOf(
  c: WebContext,
): Promise<{ text: (name: string) => string; all: (name: string) => string[]; file: (name: string) => File | null }> {
  const body = await c.req.parseBody({ all: true });
  // PostgreSQL's text holds any character but NUL, which no keyboard types.
  const list = (name: string) =>
    [body[name] ?? []].flat().map((v) => (typeof v === 'string' ? v.replaceAll('\0', '') : v));
  return {
    text: (name) =>
      list(name)
        .filter((v): v is string => typeof v === 'string')
        .at(-1) ?? '',
    all: (name) => list(name).filter((v): v is string => typeof v === 'string'),
    file: (name) => list(name).find((v): v is File => v instanceof File && v.size > 0) ?? null,
  };
}
