import { Hono } from 'hono';
import { longDate } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { allow } from '../organisations/permissions.ts';
import { readPages, readSite } from '../pages/read-pages.ts';
import { openSite, type SiteRow, stopSite } from '../pages/sites.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { quoted } from './push-words.tsx';
import { Acts, Button, ButtonLink, CopyButton, Csrf, PageHead, Prose, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { Confirm, PlainText } from './ui/flow.tsx';
import { pagesUrl } from './watched-words.tsx';

const ALL = '/campagnes/:campaign/pages/sites';
const campaignOf = (c: WebContext): string => c.req.param('campaign') ?? '';

/** Partners' own sites: the key that their pages carry, what the script does and does not, and how it stops. */
export function watchedSitePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(`${ALL}/nouveau`, (c) => writing(c, { name: '', origin: '' }));
  app.post(`${ALL}/nouveau`, async (c) => {
    const form = await formOf(c);
    const typed = { name: form.text('name'), origin: form.text('origin') };
    try {
      const { id } = await openSite(acting(c), campaignOf(c), typed);
      return redirectWith(c, pagesUrl(campaignOf(c), `/sites/${id}`), {
        kind: 'ok',
        text: 'Le site a sa ligne à copier : les visites se compteront dès qu’elle y sera.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, typed, error.fields);
    }
  });

  app.get(`${ALL}/${ID}`, async (c) => {
    const read = await readSite(acting(c), campaignOf(c), idOf(c));
    return page(
      c,
      { title: read.site.name, current: '/campagnes' },
      <SitePage {...read} publicUrl={deps.publicUrl} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${ALL}/${ID}/arret`, async (c) => {
    const { name } = await stopSite(acting(c), campaignOf(c), idOf(c));
    return redirectWith(c, pagesUrl(campaignOf(c)), {
      kind: 'ok',
      text: `Les visites de ${quoted(name)} ne se comptent plus. Retirez la ligne de ses pages quand vous pourrez.`,
    });
  });

  async function writing(c: WebContext, typed: { name: string; origin: string }, errors?: FieldError[]) {
    allow(acting(c).actor, 'campaign.write');
    const { campaign } = await readPages(acting(c), campaignOf(c));
    return page(
      c,
      { title: 'Mesurer un site', current: '/campagnes', status: errors ? 422 : 200 },
      <SiteForm campaign={campaign} typed={typed} errors={errors} csrf={c.get('session').csrf} />,
    );
  }
  return app;
}

const SiteForm = (p: {
  campaign: CampaignRow;
  typed: { name: string; origin: string };
  errors?: readonly FieldError[] | undefined;
  csrf: string;
}) => (
  <>
    <PageHead
      back={{ href: pagesUrl(p.campaign.slug), label: 'Pages' }}
      kicker={p.campaign.name}
      title="Compter les visites d’un site partenaire"
      lead="Le site d’une organisation de la campagne, dont vous pouvez modifier les pages."
    />
    <ErrorSummary errors={p.errors} />
    <form method="post" action={pagesUrl(p.campaign.slug, '/sites/nouveau')}>
      <Csrf token={p.csrf} />
      <Field
        name="name"
        label="Nom du site"
        value={p.typed.name}
        error={errorOf(p.errors, 'name')}
        maxlength={160}
        required
      />
      <Field
        kind="url"
        name="origin"
        label="Son adresse"
        hint="Le début suffit : https://www.exemple.fr. Aucune autre adresse ne pourra compter sous cette clé."
        value={p.typed.origin}
        error={errorOf(p.errors, 'origin')}
        size="full"
        required
      />
      <Acts>
        <Button primary>Obtenir la ligne à copier</Button>
        <ButtonLink href={pagesUrl(p.campaign.slug)} quiet>
          Ne rien enregistrer
        </ButtonLink>
      </Acts>
    </form>
  </>
);

/** The one line, and all that a webmaster and a data-protection officer ask about it. */
const SitePage = (p: { campaign: CampaignRow; site: SiteRow; own: boolean; publicUrl: string; csrf: string }) => {
  const { site: s } = p;
  const host = new URL(p.publicUrl).origin;
  return (
    <>
      <PageHead
        back={{ href: pagesUrl(p.campaign.slug), label: 'Pages' }}
        kicker={`${s.organisation.name}, ${s.origin}`}
        title={s.stoppedAt ? `${s.name} n’est plus mesuré` : s.name}
        lead={s.stoppedAt ? `Depuis le ${longDate(s.stoppedAt)}. Ce qui a été compté reste.` : undefined}
      />
      {!s.stoppedAt && (
        <Section title="La ligne à copier">
          <p>Dans chaque page à compter, avant la fin de {quoted('body')}.</p>
          <PlainText id="ligne" text={`<script async src="${host}/v.js" data-cle="${s.key}"></script>`} />
          <Acts>
            <CopyButton from="ligne">Copier cette ligne</CopyButton>
          </Acts>
        </Section>
      )}
      <Section title="Ce qu’elle fait, et ne fait pas">
        <Prose>
          <p>
            À chaque page ouverte, elle envoie à {host} le chemin de la page sans ses paramètres, le nom du site d’où
            l’on vient, et deux mots de l’adresse s’ils y sont : <code>utm_medium</code> et <code>de</code> (le relais
            qui a donné le lien). Rien d’autre ne part, et il n’en reste que des totaux par heure : page, canal, relais.
          </p>
          <p>
            Ni cookie, ni stockage : rien n’est écrit chez le visiteur, ni lu de sa machine au-delà de ce que dit toute
            requête. Une visite est reconnue une demi-heure, dans la mémoire du service, par un code tiré du réseau et
            du navigateur, qui change chaque jour et n’est jamais enregistré. D’un site à l’autre, la même personne a
            deux codes. Un redémarrage peut compter une visite deux fois.
          </p>
          <p>
            Moins d’un kilo-octet, en une requête, sans bloquer l’affichage. Si votre site a une politique de sécurité
            (CSP), autorisez {host} dans <code>script-src</code> et <code>connect-src</code>. Un site qui change de page
            sans se recharger n’est compté qu’à la première.
          </p>
        </Prose>
      </Section>
      <Section title="Qui refuse n’est pas compté">
        <Prose>
          <p>
            Le script ne fait rien si le navigateur demande à ne pas être suivi (Do Not Track, Global Privacy Control),
            ni si votre site le lui dit : <code>{'window.porteVoixRefus = true'}</code> avant la ligne, ou{' '}
            <code>{'<html data-mesure="non">'}</code>. Branchez-y le choix que vos visiteurs font déjà chez vous.
          </p>
          <p>
            Écrivez-le sur vos pages : « Cette page compte ses visites, sans cookie et sans savoir de qui », avec un
            lien vers <a href={`${host}/mesure`}>{`${host}/mesure`}</a>, qui dit comment refuser.
          </p>
        </Prose>
      </Section>
      {p.own && !s.stoppedAt && (
        <Section title="Arrêter">
          <Confirm
            action={pagesUrl(p.campaign.slug, `/sites/${s.id}/arret`)}
            csrf={p.csrf}
            danger
            effects={[
              ['Ce qui est compté', 'reste, et se lit dans les rapports'],
              ['La ligne', 'ne compte plus rien d’ici une minute ; une nouvelle clé sera une autre ligne'],
            ]}
            submit="Ne plus mesurer ce site"
            back={{ href: pagesUrl(p.campaign.slug), label: 'Continuer' }}
          />
        </Section>
      )}
    </>
  );
};
