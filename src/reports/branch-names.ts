/**
 * Usual names of the collective agreements that companies of the sector apply, by IDCC. Another is named by its number alone:
 * a wrong name would be worse than none.
 */
export const BRANCH_NAMES: Readonly<Record<string, string>> = {
  1486: 'Bureaux d’études techniques',
  1516: 'Organismes de formation',
  1596: 'Bâtiment, ouvriers, jusqu’à 10 salariés',
  1597: 'Bâtiment, ouvriers, plus de 10 salariés',
  1702: 'Travaux publics, ouvriers',
  2148: 'Télécommunications',
  2420: 'Bâtiment, cadres',
  2609: 'Bâtiment, ETAM',
  2614: 'Travaux publics, ETAM',
  3212: 'Travaux publics, cadres',
  3248: 'Métallurgie',
};
