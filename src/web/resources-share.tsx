import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { CopyButton, PageHead, Prose, Section } from './ui/components.tsx';
import { PlainText } from './ui/flow.tsx';

/** How each partner shows the same inventory on its own site. */
export const SharePage = ({ campaign: c, publicUrl }: { campaign: CampaignSheet; publicUrl: string }) => {
  const frame = `<iframe src="${publicUrl}/ressources/integrer/${c.slug}" title="Ressources : ${attribute(c.name)}" width="100%" height="900" loading="lazy" frameborder="0"></iframe>`;
  return (
    <>
      <PageHead
        back={{ href: `/campagnes/${c.slug}/ressources`, label: 'Les ressources' }}
        kicker={c.name}
        title="Le même inventaire sur le site de chaque partenaire"
        lead="Il se met à jour tout seul : une ressource ajoutée ici paraît partout."
      />
      <Section title="Un lien" note="le plus simple">
        <PlainText id="lien" text={`${publicUrl}/ressources/campagne/${c.slug}`} />
        <CopyButton from="lien" />
      </Section>
      <Section title="Dans une page de votre site">
        <Prose>
          <p>
            Donnez ces lignes à la personne qui tient votre site. Le cadre ne pose aucun cookie et ne compte personne ;
            il se lit aussi sur un téléphone. Changez sa hauteur (900) si besoin.
          </p>
        </Prose>
        <PlainText id="cadre" text={frame} />
        <CopyButton from="cadre" />
      </Section>
      <Section title="Par un flux" note="pour un site qui met en page lui-même">
        <Prose>
          <p>RSS, que beaucoup de sites savent afficher :</p>
        </Prose>
        <PlainText id="rss" text={`${publicUrl}/ressources/campagne/${c.slug}.rss`} />
        <CopyButton from="rss" />
        <Prose>
          <p>JSON Feed, plus complet : usages, formats, années.</p>
        </Prose>
        <PlainText id="json" text={`${publicUrl}/ressources/campagne/${c.slug}.json`} />
        <CopyButton from="json" />
      </Section>
    </>
  );
};

/** What stands inside an attribute of the lines to paste. */
const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
