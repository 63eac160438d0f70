import type { FieldError } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { baselineBefore } from '../pages/proposed-windows.ts';
import type { WatchedPage } from '../pages/queries.ts';
import { UNIT_NAMES, UNITS } from '../pages/schema.ts';
import { ACCEPTED } from '../resources/file-types.ts';
import type { formOf } from './page.tsx';
import { Acts, Button, ButtonLink, Csrf, PageHead } from './ui/components.tsx';
import { Check, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { pagesUrl, pageUrl } from './watched-words.tsx';

/** The two forms about a page of others: what it is and when, and a figure that somebody states of it. */

type Form = Awaited<ReturnType<typeof formOf>>;
const typedOf = <N extends string>(form: Form, names: readonly N[]): Record<N, string> =>
  Object.fromEntries(names.map((n) => [n, form.text(n)])) as Record<N, string>;
const orNull = (text: string): string | null => text || null;

const PAGE_FIELDS = ['name', 'url', 'owner', 'baselineFrom', 'baselineTo', 'windowFrom', 'windowTo'] as const;
export type TypedPage = Record<(typeof PAGE_FIELDS)[number], string>;
export const pageForm = (form: Form): TypedPage => typedOf(form, PAGE_FIELDS);
/** With the windows that the dates of the campaign propose. */
export const newPage = ({ startsOn, endsOn }: CampaignRow): TypedPage => {
  const { baselineFrom, baselineTo } = baselineBefore(startsOn);
  return {
    name: '',
    url: '',
    owner: '',
    baselineFrom: baselineFrom ?? '',
    baselineTo: baselineTo ?? '',
    windowFrom: startsOn,
    windowTo: endsOn,
  };
};
export const typedPage = (p: WatchedPage): TypedPage =>
  Object.fromEntries(PAGE_FIELDS.map((n) => [n, p[n] ?? ''])) as TypedPage;
export const pageOf = (typed: TypedPage): object => ({
  ...typed,
  baselineFrom: orNull(typed.baselineFrom),
  baselineTo: orNull(typed.baselineTo),
  windowFrom: orNull(typed.windowFrom),
  windowTo: orNull(typed.windowTo),
});

export const WatchedForm = (p: {
  campaign: CampaignRow;
  page: WatchedPage | null;
  typed: TypedPage;
  errors?: readonly FieldError[] | undefined;
  csrf: string;
}) => {
  const back = p.page ? pageUrl(p.campaign.slug, p.page.slug) : pagesUrl(p.campaign.slug);
  const error = (name: string) => errorOf(p.errors, name);
  return (
    <>
      <PageHead
        back={{ href: back, label: p.page ? 'La page' : 'Pages' }}
        kicker={p.campaign.name}
        title={p.page ? 'Modifier la page suivie' : 'Suivre une page qui n’est pas à nous'}
        lead="Posez la période de référence avant d’envoyer : c’est elle qui permettra de dire si quelque chose a changé."
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action={p.page ? `${back}/modifier` : `${back}/nouvelle`}>
        <Csrf token={p.csrf} />
        <Field
          name="name"
          label="De quelle page s’agit-il"
          hint="Par exemple : la fiche du métier de raccordeur."
          value={p.typed.name}
          error={error('name')}
          maxlength={160}
          size="full"
          required
        />
        <Field
          kind="url"
          name="url"
          label="Son adresse"
          hint="Les départs vers cette adresse sont reconnus, quels que soient ses paramètres."
          value={p.typed.url}
          error={error('url')}
          size="full"
          required
        />
        <Field
          name="owner"
          label="À qui est-elle"
          value={p.typed.owner}
          error={error('owner')}
          maxlength={160}
          required
        />
        <FieldRow>
          <Field
            kind="date"
            name="baselineFrom"
            label="Référence, premier jour"
            hint={p.page ? undefined : 'Proposé : les quatre semaines d’avant la campagne.'}
            value={p.typed.baselineFrom}
            error={error('baselineFrom')}
          />
          <Field
            kind="date"
            name="baselineTo"
            label="Référence, dernier jour"
            value={p.typed.baselineTo}
            error={error('baselineTo')}
          />
        </FieldRow>
        <FieldRow>
          <Field
            kind="date"
            name="windowFrom"
            label="Campagne, premier jour"
            hint={p.page ? undefined : 'Proposé : les dates de la campagne.'}
            value={p.typed.windowFrom}
            error={error('windowFrom')}
          />
          <Field
            kind="date"
            name="windowTo"
            label="Campagne, dernier jour"
            value={p.typed.windowTo}
            error={error('windowTo')}
          />
        </FieldRow>
        <Acts>
          <Button primary>{p.page ? 'Enregistrer' : 'Suivre cette page'}</Button>
          <ButtonLink href={back} quiet>
            Ne rien changer
          </ButtonLink>
        </Acts>
      </form>
      {p.page && (
        <form method="post" action={`${back}/retrait`}>
          <Csrf token={p.csrf} />
          <p>Ne plus suivre cette page la retire du rapport. Ce qui en a été dit reste au journal.</p>
          <Acts>
            <Button quiet>Ne plus suivre cette page</Button>
          </Acts>
        </form>
      )}
    </>
  );
};

const FIGURE_FIELDS = [
  'value',
  'unit',
  'from',
  'to',
  'windowSaid',
  'saidBy',
  'source',
  'quote',
  'saidOn',
  'note',
  'atLeast',
] as const;
export type TypedFigure = Record<(typeof FIGURE_FIELDS)[number], string>;
export const figureForm = (form: Form): TypedFigure => typedOf(form, FIGURE_FIELDS);
export const emptyFigure = (): TypedFigure => Object.fromEntries(FIGURE_FIELDS.map((n) => [n, ''])) as TypedFigure;

/** « 9 000 » is nine thousand. */
export function figureOf(typed: TypedFigure): object {
  const digits = typed.value.replace(/[\s\u00a0\u202f]/g, '');
  return {
    ...typed,
    value: /^\d{1,13}$/.test(digits) ? Number(digits) : Number.NaN,
    atLeast: typed.atLeast === '1',
    from: orNull(typed.from),
    to: orNull(typed.to),
    saidOn: orNull(typed.saidOn),
  };
}

/** `doubt`: « personnes » was typed of what counts visits, and is asked about. */
export const FigureForm = (p: {
  campaign: CampaignRow;
  page: WatchedPage;
  typed: TypedFigure;
  errors?: readonly FieldError[] | undefined;
  doubt: boolean;
  csrf: string;
}) => {
  const back = pageUrl(p.campaign.slug, p.page.slug);
  const error = (name: string) => errorOf(p.errors, name);
  return (
    <>
      <PageHead
        back={{ href: back, label: p.page.name }}
        kicker={`La page de ${p.page.owner}`}
        title="Noter un chiffre, tel qu’il est dit"
        lead="Gardez les mots du document, même s’ils vous étonnent. Ce qui est noté ne se corrige pas : il se retire, et reste visible."
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action={`${back}/declarations`} enctype="multipart/form-data">
        <Csrf token={p.csrf} />
        <FieldRow>
          <Field
            name="value"
            label="Combien"
            value={p.typed.value}
            error={error('value')}
            inputmode="numeric"
            required
          />
          <Field
            kind="select"
            name="unit"
            label="De quoi, dans le mot du document"
            value={p.typed.unit}
            error={error('unit')}
            required
            options={[
              { value: '', label: 'Choisissez' },
              ...UNITS.map((value) => ({ value, label: UNIT_NAMES[value] })),
            ]}
          />
        </FieldRow>
        <Check name="atLeast" label="Dit comme un minimum : « plus de… »" checked={p.typed.atLeast === '1'} />
        {p.doubt && (
          <Check
            name="sure"
            label="Le document écrit bien « personnes » : garder ce mot"
            hint="La remarque ci-dessous dira comment elles ont été comptées, ou que rien ne le dit."
          />
        )}
        <FieldRow>
          <Field kind="date" name="from" label="Du" value={p.typed.from} error={error('from')} />
          <Field kind="date" name="to" label="Au" value={p.typed.to} error={error('to')} />
          <Field
            name="windowSaid"
            label="Ou la période, dans ses mots"
            hint="Par exemple : deux mois."
            value={p.typed.windowSaid}
            error={error('windowSaid')}
            maxlength={200}
          />
        </FieldRow>
        <Field
          name="saidBy"
          label="Qui le dit"
          hint="Une personne interrogée, l’agence, les évaluateurs…"
          value={p.typed.saidBy}
          error={error('saidBy')}
          maxlength={200}
          required
        />
        <Field
          name="source"
          label="Où"
          hint="Rapport, page, réunion, entretien."
          value={p.typed.source}
          error={error('source')}
          maxlength={300}
          size="full"
          required
        />
        <Field
          kind="textarea"
          name="quote"
          label="La phrase, mot pour mot"
          value={p.typed.quote}
          error={error('quote')}
          rows={3}
        />
        <Field kind="date" name="saidOn" label="Dit ou publié le" value={p.typed.saidOn} error={error('saidOn')} />
        <Field
          kind="textarea"
          name="note"
          label="Remarque"
          value={p.typed.note}
          error={error('note')}
          rows={2}
          required={p.doubt}
        />
        <Field
          kind="file"
          name="fichier"
          label="Le document"
          hint="PDF, image ou document : gardé tel quel, reconnu par son empreinte."
          accept={ACCEPTED}
          error={error('file')}
        />
        <Acts>
          <Button primary>Noter ce chiffre</Button>
          <ButtonLink href={back} quiet>
            Ne rien noter
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
