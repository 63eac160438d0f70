import { PROVIDER_NAMES, WHY_NAMES } from '../deliveries/pace.ts';
import type { Trouble, Troubles } from '../deliveries/read-troubles.ts';
import { whenOf } from './push-words.tsx';
import { Prose } from './ui/components.tsx';

const PAUSED: Record<string, string> = {
  contenu_refuse:
    'Le contenu a été refusé plusieurs fois de suite par les serveurs des destinataires : l’envoi est suspendu. Corrigez le contenu, faites-le valider, puis reprenez l’envoi.',
  signature:
    'La clé qui signe les messages (DKIM) ne peut plus être lue : l’envoi est suspendu, rien ne part sans signature. L’administrateur la remplace sur la page « Envoi » de l’organisation.',
  retours:
    'Trop d’adresses reviennent comme inconnues : l’envoi est suspendu. Vérifiez la liste avant de le reprendre.',
  plaintes: 'Trop de destinataires ont signalé ce message : l’envoi est suspendu.',
};

/** Why a push goes slowly or not at all, in the servers' own words, and when it goes on. */
export const TroubleNotes = ({ troubles }: { troubles: Troubles | null }) =>
  troubles && (troubles.ways.length > 0 || troubles.pausedWhy) ? (
    <Prose>
      {troubles.pausedWhy && <p role="status">{PAUSED[troubles.pausedWhy] ?? troubles.pausedWhy}</p>}
      {troubles.ways.map((way) => (
        <p role="status">{sentence(way)}</p>
      ))}
    </Prose>
  ) : null;

const sentence = ({ provider, why, reply, until }: Trouble): string => {
  const who = provider === '' ? 'Le serveur d’envoi' : (PROVIDER_NAMES[provider] ?? provider);
  const words = reply ? ` (« ${reply} »)` : '';
  const next = until ? ` Nouvel essai ${whenOf(until)} : les messages attendent, aucun n’est perdu.` : '';
  return `${who} ${WHY_NAMES[why]}${words}.${next}`;
};
