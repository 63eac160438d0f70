import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { roleName } from '../../base/words.ts';
import { assetUrl, tintUrl } from '../assets.ts';
import { Button, Csrf, Flash, type FlashMessage, type Link, Logo } from './components.tsx';
import { typeset } from './typeset.ts';

/*
 * The whole document. Signed-in pages: `c.html(<Layout title="Contacts" current="/contacts" session={s} csrf={t}>…</Layout>)`;
 * pages without a session: `PublicLayout`, tinted by a campaign. The page gives its own `PageHead` with the `h1`.
 */

export type LayoutSession = {
  name: string;
  organisation: { name: string; slug: string; colour: string };
  roles: readonly string[];
  /** Other organisations this person works for. */
  others: readonly { slug: string; name: string }[];
};

type DocumentProps = {
  title: string;
  tint?: { colour: string; accent: string };
  index?: boolean;
  head?: Child;
  children?: Child;
};

const Document = (p: DocumentProps) => (
  <>
    {raw('<!doctype html>')}
    <html lang="fr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{p.title === 'Porte-voix' ? p.title : `${p.title} · Porte-voix`}</title>
        <meta name="color-scheme" content="light dark" />
        {!p.index && <meta name="robots" content="noindex" />}
        {['titre.woff2', 'texte.woff2'].map((font) => (
          <link rel="preload" href={assetUrl(font)} as="font" type="font/woff2" crossorigin="anonymous" />
        ))}
        <link rel="stylesheet" href={assetUrl('style.css')} />
        {p.tint && <link rel="stylesheet" href={tintUrl(p.tint.colour, p.tint.accent)} />}
        <link rel="icon" href={assetUrl('porte-voix.svg')} type="image/svg+xml" />
        <script src={assetUrl('live.js')} type="module" />
        {p.head}
      </head>
      <body>
        {raw(
          typeset(
            String(
              <>
                <a class="skip" href="#contenu">
                  Aller au contenu
                </a>
                {p.children}
                <div id="annonce" class="hidden" role="status" />
              </>,
            ),
          ),
        )}
      </body>
    </html>
  </>
);

const Mark = () => (
  <svg class="mark" viewBox="0 0 34 32" aria-hidden="true">
    <path d="M2 12.5v7h4.2l2.6 7.8h4.4l-2.5-7.8h1.6l9.7 5.6V6.9l-9.7 5.6z" fill="currentColor" />
    <g class="mark-voice" fill="none" stroke-width="2.4" stroke-linecap="round">
      <path d="M25.6 12.6a5 5 0 0 1 0 6.8" />
      <path d="M29.2 8.8a10.4 10.4 0 0 1 0 14.4" />
    </g>
  </svg>
);

export type LayoutProps = {
  title: string;
  /** What this person may open. */
  nav?: readonly Link[];
  /** The address of the current entry of the navigation. */
  current?: string;
  session?: LayoutSession | null;
  csrf?: string;
  /** Mail goes to the catcher: says so. */
  demo?: boolean;
  flash?: FlashMessage | null;
  /** For large tables: lets the page use the whole width. */
  wide?: boolean;
  children?: Child;
};

export const Layout = (p: LayoutProps) => (
  <Document title={p.title}>
    <header class="masthead">
      <div class="top">
        <a class="brand" href="/">
          <Mark />
          Porte-voix
        </a>
        {p.demo && <p class="demo">Démonstration : rien ne part vers de vraies personnes</p>}
        {p.session && <WhoAmI session={p.session} csrf={p.csrf ?? ''} />}
      </div>
      {p.nav && (
        <nav class="nav" aria-label="Principale">
          <ul>
            {p.nav.map((entry) => (
              <li>
                <a href={entry.href} aria-current={entry.href === p.current ? 'page' : undefined}>
                  {entry.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </header>
    <main id="contenu" tabindex={-1} class={p.wide ? 'wide' : undefined}>
      {p.flash && <Flash {...p.flash} />}
      {p.children}
    </main>
    <Footer />
  </Document>
);

const WhoAmI = ({ session, csrf }: { session: LayoutSession; csrf: string }) => (
  <details class="who">
    <summary>
      <span class="who-name">{session.name}</span>
      <span class="who-place">
        <svg class="who-colour" viewBox="0 0 10 10" aria-hidden="true">
          <circle cx="5" cy="5" r="4.5" fill={session.organisation.colour} />
        </svg>
        {session.organisation.name}
      </span>
    </summary>
    <div class="who-menu">
      <p class="meta">{session.roles.map(roleName).join(', ')}</p>
      <p>
        <a href="/organisation">Votre organisation</a>
      </p>
      {session.others.map((other) => (
        <form method="post" action="/organisation-courante">
          <Csrf token={csrf} />
          <input type="hidden" name="organisation" value={other.slug} />
          <Button quiet>Passer à {other.name}</Button>
        </form>
      ))}
      <p>
        <a href="/compte">Votre compte</a>
      </p>
      <form method="post" action="/deconnexion">
        <Csrf token={csrf} />
        <Button>Se déconnecter</Button>
      </form>
    </div>
  </details>
);

const Footer = ({ wide = true, children }: { wide?: boolean; children?: Child }) => (
  <footer class={wide ? 'foot' : 'foot public'}>
    {children}
    <nav aria-label="Pied de page">
      <ul>
        <li>
          <a href="/accessibilite">Accessibilité : partiellement conforme</a>
        </li>
        <li>
          <a href="/confidentialite">Données personnelles</a>
        </li>
      </ul>
    </nav>
  </footer>
);

/**
 * A page without a session. `campaign` tints it with its two colours, brought to a readable contrast on both palettes,
 * by a small stylesheet of our own at a content address: the policy stays `style-src 'self'`, and no nonce is needed.
 */
export const PublicLayout = (p: {
  title: string;
  campaign?: {
    name: string;
    tagline?: string;
    colour: string;
    accent: string;
    /** Where it is read, and its size in pixels. */
    logo?: { src: string; width: number; height: number } | null;
    partners?: readonly string[];
  };
  demo?: boolean;
  flash?: FlashMessage | null;
  /** Search engines may list it. */
  index?: boolean;
  /** More of the document's head: `ShareTags`, feeds. */
  head?: Child;
  /** Shown in a frame of another site, which has a masthead and a foot of its own. */
  framed?: boolean;
  children?: Child;
}) => (
  <Document title={p.title} tint={p.campaign} index={p.index} head={p.head}>
    {!p.framed && <PublicMasthead {...p} />}
    <main id="contenu" tabindex={-1} class="public">
      {p.flash && <Flash {...p.flash} />}
      {p.children}
    </main>
    {!p.framed && (
      <Footer wide={false}>
        {p.campaign?.partners && p.campaign.partners.length > 0 && (
          <p>Une campagne menée par {p.campaign.partners.join(', ')}.</p>
        )}
      </Footer>
    )}
  </Document>
);

const PublicMasthead = (p: Pick<Parameters<typeof PublicLayout>[0], 'campaign' | 'demo'>) => (
  <header class={p.campaign ? 'masthead public tinted' : 'masthead public'}>
    <div class="top">
      {p.campaign?.logo && <Logo {...p.campaign.logo} />}
      {p.campaign ? (
        <p class="campaign-name">
          {p.campaign.name}
          {p.campaign.tagline && <span class="campaign-tagline">{p.campaign.tagline}</span>}
        </p>
      ) : (
        <a class="brand" href="/">
          <Mark />
          Porte-voix
        </a>
      )}
      {p.demo && <p class="demo">Démonstration : rien ne part vers de vraies personnes</p>}
    </div>
  </header>
);
