import type { Child } from 'hono/jsx';
import { fitted } from '../../campaigns/image-size.ts';

/*
 * The bricks of a page. Signs are in marks.tsx, forms in fields.tsx, figures in figures.tsx, tables in table.tsx,
 * drawings in charts.tsx and timeline.tsx. No component takes a class or a style: what a page needs and does not
 * find here is added here, so that the visual language stays in one place.
 */

type Children = { children?: Child };

/**
 * The opening of every page: its only `h1`, a sentence where it can be. `<PageHead title="Jeudi, la lettre part vers
 * 6 212 contacts." lead="…" back={{ href: '/campagnes', label: 'Campagnes' }} />`. `voice` draws the sound wave behind
 * the title: for the home page and the pages of the public, at most once a page.
 */
export const PageHead = (p: {
  title: Child;
  lead?: Child;
  kicker?: Child;
  back?: Link;
  voice?: boolean;
  children?: Child;
}) => (
  <div class={p.voice ? 'opening voice' : 'opening'}>
    {p.back && <Back {...p.back} />}
    {p.kicker && <p class="kicker">{p.kicker}</p>}
    <h1>{p.title}</h1>
    {p.lead && <p class="lead">{p.lead}</p>}
    {p.children}
  </div>
);

export type Link = { href: string; label: string };

/** The way back to the page above. */
export const Back = ({ href, label }: Link) => (
  <nav class="back" aria-label="Page au-dessus">
    <a href={href}>
      <span aria-hidden="true">← </span>
      {label}
    </a>
  </nav>
);

/** A part of a page under its `h2`. `note` is small, at the end of the heading's line; `action` a link there. */
export const Section = (p: { title: string; note?: Child; action?: Link; id?: string } & Children) => (
  <section class="part" id={p.id}>
    <div class="part-head">
      <h2>{p.title}</h2>
      {p.note && <p class="note">{p.note}</p>}
      {p.action && (
        <p class="note">
          <a href={p.action.href}>{p.action.label}</a>
        </p>
      )}
    </div>
    {p.children}
  </section>
);

/** A wide column and a narrow one. The aside comes first in the page: on a phone, what waits for you is on top. */
export const Columns = ({ aside, children }: { aside: Child } & Children) => (
  <div class="columns">
    <div class="aside">{aside}</div>
    <div class="main">{children}</div>
  </div>
);

/** Running text of several paragraphs, at a readable width. */
export const Prose = ({ children }: Children) => <div class="prose">{children}</div>;

/** Every form that writes carries it. */
export const Csrf = ({ token }: { token: string }) => <input type="hidden" name="csrf" value={token} />;

type ButtonLook = { primary?: boolean; danger?: boolean; quiet?: boolean };
const buttonClass = (p: ButtonLook) =>
  `button${p.primary ? ' primary' : ''}${p.danger ? ' danger' : ''}${p.quiet ? ' quiet' : ''}`;

/**
 * `primary` is the one thing to do now: once a page. `danger` cannot be undone. `quiet` reads as a link. `label` says the
 * whole, beginning with the visible words, when several buttons of a page share a short text.
 */
export const Button = (
  p: ButtonLook & {
    name?: string;
    value?: string;
    formaction?: string;
    formnovalidate?: boolean;
    disabled?: boolean;
    label?: string;
  } & Children,
) => (
  <button
    type="submit"
    class={buttonClass(p)}
    name={p.name}
    value={p.value}
    formaction={p.formaction}
    formnovalidate={p.formnovalidate}
    disabled={p.disabled}
    aria-label={p.label}
  >
    {p.children}
  </button>
);

export const ButtonLink = (p: ButtonLook & { href: string; label?: string; download?: boolean } & Children) => (
  <a class={buttonClass(p)} href={p.href} aria-label={p.label} download={p.download ? '' : undefined}>
    {p.children}
  </a>
);

/** Where the script says that something was pressed, and with which form fields. */
export type Told = { to: string; fields: Record<string, string> };
const told = (t: Told | undefined) =>
  t && { 'data-told': t.to, 'data-told-fields': String(new URLSearchParams(t.fields)) };

/**
 * Copies the text of the element with this id; shown only where the script runs. `label` says the whole, beginning with
 * the visible words, when several of a page share them.
 */
export const CopyButton = (p: { from: string; label?: string; primary?: boolean; told?: Told } & Children) => (
  <button type="button" class={buttonClass(p)} data-copy={p.from} aria-label={p.label} {...told(p.told)} hidden>
    {p.children ?? 'Copier'}
  </button>
);

/** A button that leads to a page of somebody else, in a tab of its own, which does not learn where it was opened from. */
export const OutsideLink = (p: { href: string; told?: Told } & Children) => (
  <a class="button" href={p.href} target="_blank" rel="noopener noreferrer" {...told(p.told)}>
    {p.children}
    <span class="hidden"> (nouvel onglet)</span>
  </a>
);

/** A row of buttons, the first one first. */
export const Acts = ({ children }: Children) => <div class="acts">{children}</div>;

export type FlashMessage = { kind: 'ok' | 'problem'; text: string };

/** What the last act did, once. */
export const Flash = ({ kind, text }: FlashMessage) => (
  <div class={`flash flash-${kind}`} role="status">
    <p>
      <strong>{kind === 'ok' ? 'C’est fait. ' : 'Attention. '}</strong>
      {text}
    </p>
  </div>
);

/** A list of dated lines: `<Rows><Row when="jeu. 26 nov., 9 h" datetime={iso} what="…" href="…" meta={…} end={<State…/>} /></Rows>`. */
export const Rows = ({ children, label }: { label?: string } & Children) => (
  <ul class="rows" aria-label={label}>
    {children}
  </ul>
);

export const Row = (p: {
  what: Child;
  when?: Child;
  datetime?: string;
  href?: string;
  meta?: Child;
  end?: Child;
  /** Under the line: what opens, what is long. */
  more?: Child;
  id?: string;
}) => (
  <li class={p.when ? 'row' : 'row undated'} id={p.id}>
    {p.when && <time datetime={p.datetime}>{p.when}</time>}
    <div>
      <p class="what">{p.href ? <a href={p.href}>{p.what}</a> : p.what}</p>
      {p.meta && <p class="meta">{p.meta}</p>}
      {p.more}
    </div>
    {p.end && <div class="end">{p.end}</div>}
  </li>
);

/** What waits for this person: why, then the act. The only large surface in the signal colour. */
export const Todo = (p: { title: Child; act?: Link; primary?: boolean } & Children) => (
  <article class="todo">
    <h3>{p.title}</h3>
    {p.children && <div class="prose">{p.children}</div>}
    {p.act && (
      <Acts>
        <ButtonLink href={p.act.href} primary={p.primary}>
          {p.act.label}
        </ButtonLink>
      </Acts>
    )}
  </article>
);

/** An empty list says what to do next. */
export const Empty = (p: { title: string; act?: Link } & Children) => (
  <div class="empty">
    <p class="empty-title">{p.title}</p>
    {p.children && <div class="prose">{p.children}</div>}
    {p.act && (
      <Acts>
        <ButtonLink href={p.act.href} primary>
          {p.act.label}
        </ButtonLink>
      </Acts>
    )}
  </div>
);

/** What few people need at once, behind its title. `of` completes the title where several of a page share it. */
export const Fold = (p: { title: string; of?: string; open?: boolean } & Children) => (
  <details class="how" open={p.open}>
    <summary>
      {p.title}
      {p.of && <span class="hidden"> : {p.of}</span>}
    </summary>
    <div class="fold-body">{p.children}</div>
  </details>
);

/** Folds, and short acts beside them, on one line; an open fold takes a whole one. */
export const Folds = ({ children }: Children) => <div class="folds">{children}</div>;

/** An image of a message; `alt` is empty only where it decorates. `small` among other things of a list. */
export const Picture = (p: { src: string; alt: string; caption?: string; small?: boolean }) => (
  <figure class={p.small ? 'picture small' : 'picture'}>
    <img src={p.src} alt={p.alt} loading="lazy" />
    {p.caption && <figcaption class="hint">{p.caption}</figcaption>}
  </figure>
);

/** A logo, drawn for paper: on white in the light and in the dark. `alt` is empty where the name stands beside it. */
export const Logo = ({ src, alt = '', ...size }: { src: string; width: number; height: number; alt?: string }) => (
  <img class="logo" src={src} alt={alt} {...fitted(size, { width: 240, height: 72 })} />
);

/** A colour as it is, and as it is written. */
export const Swatch = ({ colour }: { colour: string }) => (
  <>
    <svg width="1.1em" height="1.1em" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="4.5" fill={colour} stroke="currentColor" stroke-width=".5" />
    </svg>{' '}
    {colour}
  </>
);

/** Facts in pairs: `[['Expéditeur', 'Constructys'], …]`. */
export const Facts = ({ items }: { items: (readonly [Child, Child])[] }) => (
  <dl class="facts">
    {items.map(([term, value]) => (
      <div>
        <dt>{term}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
