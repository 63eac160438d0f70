import { longDate, parseParis } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import type { KeyLine } from '../organisations/read-keys.ts';
import { Address } from './ui/calendar.tsx';
import { Acts, Button, CopyButton, Csrf, Empty, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

type KeysProps = {
  keys: readonly KeyLine[];
  organisation: string;
  mayMake: boolean;
  csrf: string;
  typed: { label: string; until: string; error?: Refusal };
};

const lastDay = (key: KeyLine): string => longDate(new Date(key.expiresAt.getTime() - 1));
const used = ({ lastUsedOn }: KeyLine): string =>
  lastUsedOn === null ? 'jamais utilisée' : `utilisée le ${longDate(parseParis(lastUsedOn) ?? new Date(lastUsedOn))}`;

export const KeysPage = ({ keys, organisation, mayMake, csrf, typed }: KeysProps) => {
  const open = keys.filter((k) => k.open);
  const over = keys.filter((k) => !k.open);
  return (
    <>
      <PageHead
        back={{ href: '/compte', label: 'Votre compte' }}
        kicker={organisation}
        title="Vos clés pour d’autres programmes."
        lead="Un tableur, ou tout autre programme, lit avec une clé les campagnes et leurs résultats, comme vous les lisez. Il n’écrit rien et ne voit aucun contact."
      >
        <Prose>
          <p>
            <a href="/api">Comment s’en servir</a>, avec deux exemples.
          </p>
        </Prose>
      </PageHead>
      <Section title="Clés ouvertes">
        {open.length > 0 ? (
          open.map((key) => <OpenKey key_={key} csrf={csrf} />)
        ) : (
          <Empty title="Aucune clé n’est ouverte.">
            <p>
              {mayMake
                ? 'Faites-en une par usage : vous pourrez fermer l’une sans toucher aux autres.'
                : 'Votre rôle ne lit pas les résultats : il ne fait pas de clé.'}
            </p>
          </Empty>
        )}
      </Section>
      {mayMake && <MakeKey typed={typed} csrf={csrf} />}
      {over.length > 0 && (
        <Section title="Clés fermées">
          <Rows label="Clés qui n’ouvrent plus rien">
            {over.map((key) => (
              <Row
                what={key.label}
                meta={key.revokedAt ? `fermée le ${longDate(key.revokedAt)}` : `finie le ${lastDay(key)}`}
                end={used(key)}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
};

const OpenKey = ({ key_: key, csrf }: { key_: KeyLine; csrf: string }) => (
  <>
    <Prose>
      <p>
        <strong>{key.label}</strong>, jusqu’au {lastDay(key)} ; {used(key)}
      </p>
    </Prose>
    <form method="post" action={`/compte/cles/${key.id}/fermeture`}>
      <Csrf token={csrf} />
      <Acts>
        <Button label={`Fermer cette clé : ${key.label}`}>Fermer cette clé</Button>
      </Acts>
    </form>
  </>
);

const MakeKey = ({ typed, csrf }: Pick<KeysProps, 'typed' | 'csrf'>) => (
  <Section title="Faire une clé">
    {typed.error && <ErrorSummary errors={typed.error.fields} message={typed.error.message} />}
    <form method="post" action="/compte/cles">
      <Csrf token={csrf} />
      <Field
        name="label"
        label="Ce à quoi elle sert"
        hint="« Tableau de bord du comité », par exemple : pour savoir laquelle fermer."
        required
        maxlength={120}
        value={typed.label}
        error={errorOf(typed.error?.fields, 'label')}
      />
      <Field
        name="until"
        label="Jusqu’au"
        kind="date"
        hint="Ce jour compris. Un an au plus."
        required
        value={typed.until}
        error={errorOf(typed.error?.fields, 'until')}
      />
      <Acts>
        <Button primary>Faire la clé</Button>
      </Acts>
    </form>
  </Section>
);

type NewKeyProps = { secret: string; publicUrl: string; campaigns: readonly { slug: string; name: string }[] };

export const NewKeyPage = ({ secret, publicUrl, campaigns }: NewKeyProps) => (
  <>
    <PageHead
      back={{ href: '/compte/cles', label: 'Vos clés' }}
      title="Copiez votre clé maintenant : elle ne sera plus montrée."
      lead="Elle ouvre les résultats que vous lisez : gardez-la comme un mot de passe. Perdue ou vue par d’autres, fermez-la et faites-en une autre."
    />
    <Section title="La clé">
      <Address id="cle">{secret}</Address>
      <Acts>
        <CopyButton from="cle" primary>
          Copier la clé
        </CopyButton>
      </Acts>
    </Section>
    <Section title="L’adresse à donner à un tableur" action={{ href: '/api#tableur', label: 'Comment s’en servir' }}>
      {campaigns.map(({ slug, name }) => (
        <>
          <Prose>
            <p>{name}</p>
          </Prose>
          <Address id={`adresse-${slug}`}>{`${publicUrl}/api/v1/campagnes/${slug}/rapport.csv`}</Address>
          <Acts>
            <CopyButton from={`adresse-${slug}`} label={`Copier l’adresse : ${name}`}>
              Copier l’adresse
            </CopyButton>
          </Acts>
        </>
      ))}
      <Prose>
        <p>
          Un autre programme commence par <code>{publicUrl}/api/v1/campagnes</code>.
        </p>
      </Prose>
    </Section>
  </>
);
