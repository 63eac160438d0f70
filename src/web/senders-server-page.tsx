import type { FieldError } from '../base/errors.ts';
import { MAIL_PORTS } from '../senders/schema.ts';
import { Acts, Button, ButtonLink, Csrf, PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

export const SERVER_FIELDS = [
  'host',
  'port',
  'security',
  'auth',
  'username',
  'connections',
  'perMinute',
  'perDay',
] as const;
/** As typed; the secret is never one of them: what was typed there is not shown again. */
export type ServerForm = Record<(typeof SERVER_FIELDS)[number], string>;

export const ServerPage = (p: {
  form: ServerForm;
  hasSecret: boolean;
  demo: boolean;
  errors?: FieldError[];
  csrf: string;
}) => {
  const field = (name: keyof ServerForm) => ({ name, value: p.form[name], error: errorOf(p.errors, name) });
  return (
    <>
      <PageHead
        title="Le serveur d’envoi de votre organisation"
        back={{ href: '/organisation/envoi', label: 'Envoi' }}
        lead="Votre service informatique ou votre hébergeur de messagerie donne ces réglages. Rien ne part par ce serveur avant un essai réussi."
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action="/organisation/envoi/serveur" novalidate>
        <Csrf token={p.csrf} />
        <Section title="Le serveur">
          <FieldRow>
            <Field
              {...field('host')}
              label="Nom du serveur"
              hint={p.demo ? 'Démonstration : 127.0.0.1 seulement.' : 'Comme smtp.organisation.fr.'}
              required
              autocomplete="off"
              spellcheck={false}
            />
            <Field
              {...field('port')}
              label="Port"
              hint={p.demo ? 'Celui du serveur de cette machine.' : MAIL_PORTS.join(', ')}
              inputmode="numeric"
              size="short"
              required
              autocomplete="off"
            />
          </FieldRow>
          <Choices
            {...field('security')}
            label="Protection de la connexion"
            required
            options={[
              {
                value: 'starttls',
                label: 'Chiffrement exigé après la connexion (STARTTLS)',
                hint: 'Ports 587, 2525 et 25.',
              },
              { value: 'tls', label: 'Chiffrement dès la connexion (TLS)', hint: 'Port 465.' },
              ...(p.demo ? [{ value: 'none', label: 'Sans chiffrement', hint: 'Sur cette machine seulement.' }] : []),
            ]}
          />
        </Section>
        <Section title="S’identifier">
          <Choices
            {...field('auth')}
            label="Comment ce service se fait reconnaître"
            required
            options={[
              { value: 'mot_de_passe', label: 'Identifiant et mot de passe' },
              {
                value: 'jeton',
                label: 'Identifiant et jeton d’accès OAuth2',
                hint: 'Pour Microsoft 365 et Google, qui n’acceptent plus de mot de passe (XOAUTH2).',
              },
              { value: 'aucune', label: 'Sans identification', hint: 'Le serveur reconnaît l’adresse de ce service.' },
            ]}
          />
          <Field {...field('username')} label="Identifiant" bare autocomplete="off" spellcheck={false} />
          <Field
            kind="password"
            name="secret"
            label="Mot de passe ou jeton"
            bare
            hint={
              p.hasSecret
                ? 'Il est enregistré et n’est plus montré. Laissez vide pour le garder, sauf si le serveur ou l’identifiant change.'
                : 'Il est gardé chiffré et ne sera plus montré.'
            }
            error={errorOf(p.errors, 'secret')}
            autocomplete="new-password"
          />
        </Section>
        <Section title="À quel rythme">
          <p>Ce que ce serveur permet : au-delà, il refuse ou ralentit.</p>
          <FieldRow>
            <Field
              {...field('connections')}
              label="Connexions à la fois"
              hint="De 1 à 50."
              inputmode="numeric"
              size="short"
              required
              autocomplete="off"
            />
            <Field
              {...field('perMinute')}
              label="Messages par minute"
              hint="Vide : sans limite."
              inputmode="numeric"
              size="short"
              autocomplete="off"
            />
            <Field
              {...field('perDay')}
              label="Messages par jour"
              hint="Vide : sans limite."
              inputmode="numeric"
              size="short"
              autocomplete="off"
            />
          </FieldRow>
        </Section>
        <Acts>
          <Button primary>Enregistrer ce serveur</Button>
          <ButtonLink href="/organisation/envoi" quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
