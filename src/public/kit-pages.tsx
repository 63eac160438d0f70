import type { FieldError } from '../base/errors.ts';
import type { KitPage } from '../relay-kits/read-kit.ts';
import { Acts, Button, ButtonLink, CopyButton, Facts, OutsideLink, PageHead, Section } from '../web/ui/components.tsx';
import { Tabs } from '../web/ui/flow.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import { KitDates, KitExtract, KitPaper, KitResources, KitTexts, KitVisuals } from './kit-parts.tsx';
import { KitFigures, KitPublications } from './kit-publications.tsx';
import { KitSurveys } from './kit-surveys.tsx';
import { KitWebinars } from './kit-webinars.tsx';
import { MeasureNote } from './measure.tsx';

export type TypedDeclaration = Partial<Record<'channel' | 'audience' | 'publishedOn' | 'url' | 'note', string>>;

export type KitProps = {
  page: KitPage;
  /** `/kit/…`, which is the secret itself: only ever the beginning of an address of this page. */
  base: string;
  demo: boolean;
  now: Date;
  done: string | undefined;
  typed: TypedDeclaration;
  errors?: readonly FieldError[] | undefined;
  refusedMeasure: boolean;
};

const DONE: Record<string, string> = {
  publie: 'Votre publication est notée. Merci !',
  retire: 'Cette publication est retirée.',
};

/** The whole kit, as it is read on a telephone: the link first, then what to copy, to print, and what it brought. */
export const KitView = (p: KitProps) => {
  const { page, base, done } = p;
  const text = done === undefined ? undefined : DONE[done];
  return (
    <PublicLayout
      title={`Kit de ${page.relay}`}
      campaign={page.campaign}
      demo={p.demo}
      flash={text ? { kind: 'ok', text } : null}
    >
      <PageHead
        kicker={page.relay}
        title="Votre kit est prêt."
        lead={
          page.introduction || 'Copiez un texte, partagez votre lien, imprimez une affiche : vous gardez votre fichier.'
        }
      />
      <Tabs
        label="Dans ce kit"
        tabs={[
          { href: '#textes', label: 'Textes' },
          { href: '#imprimer', label: 'Affiches' },
          { href: '#publications', label: 'J’ai publié' },
          { href: '#chiffres', label: 'Ce que ça apporte' },
          { href: '#dates', label: 'Dates' },
        ]}
      />
      <KitLink {...p} />
      <KitTexts {...p} />
      <KitWebinars {...p} />
      <KitSurveys {...p} />
      <KitExtract {...p} />
      <KitPaper {...p} />
      <KitVisuals {...p} />
      <KitPublications {...p} />
      <KitFigures {...p} />
      <KitDates {...p} />
      <KitResources {...p} />
      <Section title="Ce que ce kit dit de vous">
        <Facts
          items={[
            [
              `À ${page.lead.name}`,
              'que vous l’avez ouvert, ce que vous y copiez et téléchargez, ce que vous déclarez, et ce que vos liens apportent',
            ],
            ['Aux autres partenaires', 'des totaux par type de relais et par territoire, sans aucun nom'],
            ['Vos droits', page.lead.privacyContact || `écrivez à ${page.lead.name}`],
          ]}
        />
        <p>
          <a href={`/confidentialite/${page.campaign.slug}`}>Données personnelles de la campagne</a>
          {' · '}
          <a href={`${base}/arret`}>Ne plus relayer</a>
        </p>
        <MeasureNote refused={p.refusedMeasure} />
      </Section>
    </PublicLayout>
  );
};

const KitLink = ({ page, base }: KitProps) => (
  <Section title="Votre lien" note="à vous seul : ce qu’il apporte est compté pour vous">
    <p id="votre-lien">{page.link}</p>
    <Acts>
      <CopyButton from="votre-lien" primary told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'lien' } }}>
        Copier le lien
      </CopyButton>
      <OutsideLink
        href={`https://www.linkedin.com/sharing/share-offsite/?url=${encodeURIComponent(page.link)}`}
        told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'partage:linkedin' } }}
      >
        Partager sur LinkedIn
      </OutsideLink>
    </Acts>
  </Section>
);

/** A link that opens nothing, whatever the reason. */
export const KitGone = () => (
  <PublicLayout title="Kit introuvable">
    <PageHead
      title="Ce lien n’ouvre aucun kit."
      lead="Il est peut-être incomplet, remplacé par un autre, ou arrivé à son terme."
    />
    <p>
      Reprenez-le en entier dans le dernier message reçu. Sinon, demandez-en un nouveau à l’organisation qui vous l’a
      envoyé, ou sur la page « Obtenir notre kit » de la campagne.
    </p>
  </PublicLayout>
);

export const LeaveView = ({ relay, base, demo }: { relay: string; base: string; demo: boolean }) => (
  <PublicLayout title="Ne plus relayer" demo={demo}>
    <PageHead
      title="Ne plus relayer ?"
      lead={`Ce kit se ferme, et plus personne n’écrit à ${relay} pour cette campagne.`}
    />
    <p>Les liens et les affiches déjà diffusés mènent toujours au bon endroit. Vous pourrez redemander un kit.</p>
    <form method="post" action={`${base}/arret`}>
      <Acts>
        <Button danger>Ne plus relayer</Button>
        <ButtonLink href={base} quiet>
          Garder mon kit
        </ButtonLink>
      </Acts>
    </form>
  </PublicLayout>
);

export const LeftView = ({ demo }: { demo: boolean }) => (
  <PublicLayout title="C’est noté" demo={demo}>
    <PageHead title="C’est noté." lead="Votre kit est fermé. Merci pour ce que vous avez relayé." />
  </PublicLayout>
);
