import { longDateTime, shortDateTime } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { zoneStrings } from '../senders/dkim-record.ts';
import type { ShownDomain } from '../senders/read-senders.ts';
import type { Finding } from '../senders/schema.ts';
import { Acts, Button, ButtonLink, CopyButton, Csrf, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { Confirm, PlainText } from './ui/flow.tsx';
import { State, type StateKind } from './ui/marks.tsx';

const ENVOI = '/organisation/envoi';
const BACK = { href: ENVOI, label: 'Envoi' };

const LEVEL_WORDS: Record<Finding['level'], { kind: StateKind; text: string }> = {
  bon: { kind: 'ok', text: 'en règle' },
  a_corriger: { kind: 'wait', text: 'à corriger' },
  bloquant: { kind: 'stop', text: 'bloque l’envoi' },
};

type DomainProps = {
  domain: ShownDomain;
  mayWrite: boolean;
  demo: boolean;
  csrf: string;
  errors?: FieldError[];
  bounce?: string;
};

export const DomainPage = (p: DomainProps) => {
  const { domain: d, mayWrite, csrf } = p;
  const at = `${ENVOI}/domaines/${d.id}`;
  return (
    <>
      <PageHead title={titleOf(d, p.demo)} back={BACK} lead={leadOf(d)} />
      <ErrorSummary errors={p.errors} />
      <Section title="Ce que l’on voit du dehors" note={d.checkedAt ? shortDateTime(d.checkedAt) : undefined}>
        {mayWrite && (
          <form method="post" action={`${at}/verification`}>
            <Csrf token={csrf} />
            <Acts>
              <Button primary={d.verifiedAt === null && d.signing === 'ici'}>Vérifier maintenant</Button>
            </Acts>
          </form>
        )}
        {d.checks.length === 0 ? (
          <p>Ce domaine n’a pas encore été vérifié. Faites d’abord ce qui suit.</p>
        ) : (
          <Rows label="Vérifications">
            {d.checks.map((c) => (
              <Row
                what={c.name}
                meta={
                  <>
                    {c.found}
                    {c.remedy && (
                      <>
                        <br />
                        <strong>À faire : </strong>
                        {c.remedy}
                      </>
                    )}
                  </>
                }
                end={<State kind={LEVEL_WORDS[c.level].kind}>{LEVEL_WORDS[c.level].text}</State>}
              />
            ))}
          </Rows>
        )}
      </Section>
      {d.signing === 'relais' && <RelaySignature {...p} at={at} />}
      <Records domain={d} />
      <Returns {...p} at={at} />
      {mayWrite && (
        <Acts>
          <ButtonLink href={`${at}/retrait`} quiet>
            Retirer ce domaine
          </ButtonLink>
        </Acts>
      )}
    </>
  );
};

const titleOf = (d: ShownDomain, demo: boolean): string =>
  d.verifiedAt
    ? `${d.domain} est vérifié.`
    : d.checkedAt
      ? `${d.domain} n’est pas en règle${demo ? '' : ' : rien ne peut en partir'}.`
      : `${d.domain} est à vérifier.`;

const leadOf = (d: ShownDomain): string =>
  d.verifiedAt
    ? `Sa signature est en place depuis la vérification du ${longDateTime(d.verifiedAt)}. Elle est revue chaque jour.`
    : 'Transmettez ce qui est à faire à votre service informatique, puis vérifiez de nouveau : un changement met parfois quelques heures à se voir.';

const Records = ({ domain: d }: { domain: ShownDomain }) =>
  d.records.length === 0 ? null : (
    <Section title="À publier dans le DNS">
      <p>Ces textes sont à recopier tels quels, chacun dans un enregistrement de type TXT, par qui gère le domaine.</p>
      {d.records.map((record, n) => (
        <div>
          <h3>{record.why}</h3>
          <p class="meta">Nom de l’enregistrement</p>
          <PlainText id={`nom-${n + 1}`} text={record.name} />
          <p class="meta">Texte</p>
          <PlainText id={`texte-${n + 1}`} text={record.text} />
          <Acts>
            <CopyButton from={`texte-${n + 1}`}>Copier le texte</CopyButton>
          </Acts>
          {record.text.length > 255 && (
            <Fold title="La même chose pour un fichier de zone" of={record.name}>
              <p>Un texte de plus de 255 caractères s’y écrit en plusieurs morceaux.</p>
              <PlainText text={`${record.name}. IN TXT ${zoneStrings(record.text)}`} />
            </Fold>
          )}
        </div>
      ))}
    </Section>
  );

const RelaySignature = ({ domain: d, mayWrite, csrf, errors, at }: DomainProps & { at: string }) => (
  <Section title="La signature de votre serveur">
    {d.proof ? (
      <p>
        Vue le {longDateTime(new Date(d.proof.at))} : votre serveur signe au nom de {d.proof.domain} (clé «&nbsp;
        {d.proof.selector}&nbsp;»).
      </p>
    ) : (
      <p>
        Ce service ne peut pas la voir avant qu’un message soit arrivé. Faites partir un message d’essai, enregistrez-le
        tel qu’il est arrivé, puis déposez-le ici : sa signature sera vérifiée.
      </p>
    )}
    {mayWrite && (
      <form method="post" action={`${at}/signature`} enctype="multipart/form-data" novalidate>
        <Csrf token={csrf} />
        <Field
          kind="file"
          name="message"
          label="Le message d’essai reçu"
          hint="Fichier .eml, obtenu par « Enregistrer sous » ou « Télécharger le message »."
          accept=".eml,message/rfc822"
          required
          error={errorOf(errors, 'message')}
        />
        <Acts>
          <Button primary={d.verifiedAt === null}>Vérifier cette signature</Button>
        </Acts>
      </form>
    )}
  </Section>
);

const Returns = ({ domain: d, mayWrite, csrf, errors, bounce, at }: DomainProps & { at: string }) => (
  <Section title="Où revient ce qui n’a pas pu être remis">
    {mayWrite ? (
      <form method="post" action={`${at}/retours`} novalidate>
        <Csrf token={csrf} />
        <Field
          kind="email"
          name="bounceAddress"
          label="Adresse de retour"
          hint={`Une boîte que ce service relève, de préférence sur ${d.domain} ou un sous-domaine. Sans elle, les retours vont à l’expéditeur et ne sont pas comptés.`}
          value={bounce ?? d.bounceAddress ?? ''}
          error={errorOf(errors, 'bounceAddress')}
          autocomplete="off"
        />
        <Acts>
          <Button>Enregistrer l’adresse de retour</Button>
        </Acts>
      </form>
    ) : (
      <p>{d.bounceAddress ?? 'À l’adresse de l’expéditeur.'}</p>
    )}
  </Section>
);

export const AddDomainPage = (p: {
  domain: string;
  signing: string;
  bounceAddress: string;
  errors?: FieldError[];
  csrf: string;
}) => (
  <>
    <PageHead
      title="Ajouter un domaine d’expédition"
      back={BACK}
      lead="Ce qui suit le @ dans l’adresse depuis laquelle votre organisation écrit."
    />
    <ErrorSummary errors={p.errors} />
    <Section title="Le domaine">
      <form method="post" action={`${ENVOI}/domaines/nouveau`} novalidate>
        <Csrf token={p.csrf} />
        <Field
          name="domain"
          label="Domaine"
          hint="De préférence un sous-domaine réservé aux lettres, comme lettre.organisation.fr : la réputation de votre courrier de tous les jours reste à part."
          value={p.domain}
          error={errorOf(p.errors, 'domain')}
          required
          autocomplete="off"
          spellcheck={false}
        />
        <Choices
          name="signing"
          label="Qui signe les messages (DKIM)"
          value={p.signing}
          error={errorOf(p.errors, 'signing')}
          required
          options={[
            {
              value: 'ici',
              label: 'Porte-voix',
              hint: 'Le plus simple : une clé est faite ici, votre service informatique en publie la partie publique dans le DNS.',
            },
            {
              value: 'relais',
              label: 'Votre serveur d’envoi',
              hint: 'S’il signe déjà. Sa signature sera vérifiée sur un message d’essai qu’il aura remis.',
            },
          ]}
        />
        <Field
          kind="email"
          name="bounceAddress"
          label="Adresse de retour"
          hint="Une boîte que ce service relève, où reviennent les messages qui n’ont pas pu être remis."
          value={p.bounceAddress}
          error={errorOf(p.errors, 'bounceAddress')}
          autocomplete="off"
        />
        <Acts>
          <Button primary>Ajouter ce domaine</Button>
          <ButtonLink href={ENVOI} quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </Section>
  </>
);

export const RemoveDomainPage = ({ domain: d, csrf }: { domain: ShownDomain; csrf: string }) => (
  <>
    <PageHead title={`Retirer ${d.domain} ?`} back={{ href: `${ENVOI}/domaines/${d.id}`, label: d.domain }} />
    <Confirm
      action={`${ENVOI}/domaines/${d.id}/retrait`}
      csrf={csrf}
      effects={[
        ['Ce qui change', `Plus aucun envoi ne peut partir depuis une adresse de ${d.domain}.`],
        [
          'La clé',
          d.signing === 'ici'
            ? 'Elle est détruite. Déclaré de nouveau, le domaine en aura une autre, à publier.'
            : 'Rien à changer chez vous.',
        ],
      ]}
      submit="Retirer ce domaine"
      back={{ href: `${ENVOI}/domaines/${d.id}`, label: 'Annuler' }}
      danger
    />
  </>
);
