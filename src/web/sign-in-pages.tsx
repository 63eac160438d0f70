import type { Refusal } from '../base/errors.ts';
import { Acts, Button, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { PublicLayout } from './ui/layout.tsx';

type Common = { back: string; address?: string; error?: Refusal };
const Back = ({ back }: { back: string }) => <input type="hidden" name="retour" value={back} />;

export const SignInPage = ({
  back,
  address,
  error,
  demo,
  withPassword,
}: Common & { demo: boolean; withPassword?: boolean }) => (
  <PublicLayout title="Connexion" demo={demo}>
    <PageHead
      title="Bonjour."
      lead="Donnez votre adresse : vous recevrez un code à six chiffres. Aucun mot de passe à retenir."
    />
    {error && <ErrorSummary errors={error.fields} message={error.message} />}
    <form method="post" action="/connexion">
      <Back back={back} />
      <Field
        name="adresse"
        kind="email"
        label="Votre adresse électronique"
        autocomplete="username"
        required
        value={address}
        error={withPassword ? undefined : errorOf(error?.fields, 'adresse')}
      />
      <Acts>
        <Button primary>Recevoir un code</Button>
      </Acts>
    </form>
    <Section title="Avec un mot de passe" note="si vous en avez choisi un">
      <form method="post" action="/connexion/mot-de-passe">
        <Back back={back} />
        <Field
          name="adresse-mdp"
          kind="email"
          label="Adresse électronique"
          autocomplete="username"
          required
          value={address}
        />
        <Field
          name="password"
          kind="password"
          label="Mot de passe"
          autocomplete="current-password"
          required
          error={withPassword ? errorOf(error?.fields, 'password') : undefined}
        />
        <Acts>
          <Button>Se connecter</Button>
        </Acts>
      </form>
    </Section>
  </PublicLayout>
);

/** The same page whether or not somebody has this address. `shown` is the code itself, for demonstration accounts only. */
export const CodePage = ({ back, address, error, shown }: Common & { shown: string | null }) => (
  <PublicLayout title="Votre code" demo={shown !== null}>
    <PageHead
      title="Regardez vos messages."
      lead={`Si ${address || 'cette adresse'} a un compte, un code vient d’y être envoyé. Il est valable dix minutes, sur cet appareil.`}
    />
    {shown && (
      <p class="prose" id="code-de-demonstration">
        Démonstration : votre code est <strong class="num">{shown}</strong>.
      </p>
    )}
    {error && <ErrorSummary errors={error.fields} message={error.message} />}
    <form method="post" action="/connexion/code">
      <Back back={back} />
      <input type="hidden" name="adresse" value={address ?? ''} />
      <Field name="code" kind="code" label="Code à six chiffres" required error={errorOf(error?.fields, 'code')} />
      <Acts>
        <Button primary>Se connecter</Button>
      </Acts>
    </form>
    <p class="prose">
      <a href="/connexion">Utiliser une autre adresse, ou demander un nouveau code</a>
    </p>
  </PublicLayout>
);
