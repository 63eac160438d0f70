import type { Child } from 'hono/jsx';
import { Acts, Button, ButtonLink, Csrf, Facts, type Link } from './components.tsx';
import { number } from './figures.tsx';

/*
 * Where one is and what comes next: Progress, Steps, Tabs, Contents, Pagination, Confirm, Sheet.
 */

/**
 * Work under way. `live` is the address of this same fragment: while it is there the script replaces it every 1.5 s and
 * says `text` aloud at most every 5 s; without script the page shows `reload`. Leave `live` out once the work is over.
 * `<Progress label="Import de contacts.csv" done={5940} total={7000} text="5 940 lignes sur 7 000" live="/imports/3/avancement" />`
 */
export const Progress = (p: {
  label: string;
  done: number;
  total: number;
  text: string;
  live?: string;
  reload?: string;
  children?: Child;
}) => (
  <div class="progress" data-live={p.live} data-say={`${p.label} : ${p.text}`}>
    <p class="progress-label">
      <strong>{p.label}</strong>
      <span class="percent">{p.total > 0 ? `${number(Math.floor((100 * p.done) / p.total))} %` : ''}</span>
    </p>
    <progress aria-label={p.label} value={p.total > 0 ? p.done : undefined} max={p.total > 0 ? p.total : undefined}>
      {p.text}
    </progress>
    <p class="meta">{p.text}</p>
    {p.children}
    {p.live && (
      <noscript>
        <p class="meta">
          <a href={p.reload ?? ''}>Actualiser cette page</a> pour suivre l’avancement.
        </p>
      </noscript>
    )}
  </div>
);

/** Where one stands in a path of several pages: `current` counts from 1; done steps with `href` can be opened again. */
export const Steps = ({ steps, current }: { steps: { label: string; href?: string }[]; current: number }) => (
  <nav class="steps" aria-label="Étapes">
    <p class="steps-count">
      Étape {current} sur {steps.length}
    </p>
    <ol>
      {steps.map((step, i) => (
        <li
          class={i + 1 < current ? 'done' : i + 1 === current ? 'now' : 'next'}
          aria-current={i + 1 === current ? 'step' : undefined}
        >
          {i + 1 < current && step.href ? <a href={step.href}>{step.label}</a> : <span>{step.label}</span>}
          {i + 1 < current && <span class="hidden"> (faite)</span>}
        </li>
      ))}
    </ol>
  </nav>
);

/** Views of one thing, each with its address. */
export const Tabs = ({ label, tabs }: { label: string; tabs: (Link & { current?: boolean })[] }) => (
  <nav class="tabs" aria-label={label}>
    <ul>
      {tabs.map((tab) => (
        <li>
          <a href={tab.href} aria-current={tab.current ? 'page' : undefined}>
            {tab.label}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

export type ContentsEntry = Link & { answer?: string | undefined };

/** What a long page holds, in its order, each with its short answer where there is one. */
export const Contents = ({ label, entries }: { label: string; entries: readonly ContentsEntry[] }) => (
  <nav class="contents" aria-label={label}>
    <ol>
      {entries.map(({ href, label: name, answer }) => (
        <li>
          <a href={href}>{name}</a>
          {answer && <span class="meta">{answer}</span>}
        </li>
      ))}
    </ol>
  </nav>
);

/** Keyset pages: no page numbers, only before and after. Renders nothing when there is one page. */
export const Pagination = (p: { previous?: string | null; next?: string | null; shown?: string }) =>
  p.previous || p.next ? (
    <nav class="pagination" aria-label="Pages de la liste">
      {p.previous ? (
        <a href={p.previous} rel="prev">
          ← Précédents
        </a>
      ) : (
        <span />
      )}
      {p.shown && <span class="meta">{p.shown}</span>}
      {p.next ? (
        <a href={p.next} rel="next">
          Suivants →
        </a>
      ) : (
        <span />
      )}
    </nav>
  ) : null;

/**
 * The page before anything that cannot be undone: what will happen (`effects`, pairs), then the act, then the way out.
 * `children` may hold more fields of the form (a box to tick, a reason).
 */
export const Confirm = (p: {
  action: string;
  csrf: string;
  effects: (readonly [Child, Child])[];
  submit: string;
  back: Link;
  danger?: boolean;
  children?: Child;
}) => (
  <form class="confirm" method="post" action={p.action}>
    <Csrf token={p.csrf} />
    <Facts items={p.effects} />
    {p.children}
    <Acts>
      <Button primary={!p.danger} danger={p.danger}>
        {p.submit}
      </Button>
      <ButtonLink href={p.back.href} quiet>
        {p.back.label}
      </ButtonLink>
    </Acts>
  </form>
);

/**
 * A mail as it will be read. Either `src` (address of the message, shown in a frame without any right: no script, no
 * form, no session) or `children` (its text). `width="phone"` narrows the sheet to 390 px.
 */
export const Sheet = (p: {
  from: Child;
  subject: Child;
  to?: Child;
  title: string;
  src?: string;
  width?: 'desktop' | 'phone';
  children?: Child;
}) => (
  <div class={p.width === 'phone' ? 'sheet phone' : 'sheet'}>
    <dl class="envelope">
      <div>
        <dt>De</dt>
        <dd>{p.from}</dd>
      </div>
      {p.to && (
        <div>
          <dt>À</dt>
          <dd>{p.to}</dd>
        </div>
      )}
      <div>
        <dt>Objet</dt>
        <dd class="subject">{p.subject}</dd>
      </div>
    </dl>
    {p.src ? (
      <>
        <iframe src={p.src} title={p.title} sandbox="" loading="lazy" />
        <p class="sheet-foot">
          <a href={p.src} target="_blank" rel="noopener">
            Ouvrir ce message en entier<span class="hidden"> : {p.title}</span> (nouvel onglet)
          </a>
        </p>
      </>
    ) : (
      <div class="letter">{p.children}</div>
    )}
  </div>
);

/** A message in plain text, as a mail reader without HTML shows it. */
export const PlainText = ({ text, id }: { text: string; id?: string }) => (
  <pre class="plain" id={id} tabindex={0}>
    {text}
  </pre>
);
