import { parseParis, shortDate } from '../base/dates.ts';
import type { Pressure } from '../deliveries/forecast.ts';
import { plural } from './push-words.tsx';
import { number } from './ui/figures.tsx';

/** « 412 personnes déjà sollicitées 2 fois en 7 jours : 380 différées au 3 mai, 32 écartées. » Nothing when nobody is. */
export const PressureSentence = ({
  pressure: { caps, people, held, setApart },
  alone,
}: {
  pressure: Pressure;
  alone: boolean;
}) => {
  if (!people) return null;
  const parts = [
    ...held.map(({ day, n }) => `${number(n)} différées ${day === null ? 'à d’autres jours' : `au ${dayText(day)}`}`),
    ...(setApart > 0 ? [`${number(setApart)} écartées, faute de pouvoir attendre`] : []),
  ];
  return (
    <p>
      <strong>Environ {number(people)} personnes</strong> déjà sollicitées {caps.perPerson} fois en{' '}
      {plural(caps.days, 'jour', 'jours')}, ou dont l’entreprise l’a été {caps.perCompany} fois en{' '}
      {plural(caps.companyDays, 'jour', 'jours')}
      {parts.length > 0 && ` : ${parts.join(', ')}`}. Pour vos contacts, seul ce que vous avez envoyé ou déclaré est
      compté ici{alone ? '' : ' ; pour ceux de vos partenaires, ce que les autres ont fait'}.
    </p>
  );
};

const dayText = (day: string): string => {
  const at = parseParis(day);
  return at ? shortDate(at) : day;
};
