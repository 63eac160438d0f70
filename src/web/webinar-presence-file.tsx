import type { AttendanceImport } from '../attendance/read-attendance.ts';
import { longDateTime } from '../base/dates.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import { Facts, PageHead, Section } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';
import { LineNotes, lineFacts } from './webinar-presence-words.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** One file of who came: what became of its lines, and how to take it back. */
export const AttendanceFilePage = (p: {
  campaign: CampaignRow;
  webinar: WebinarRow;
  file: AttendanceImport;
  csrf: string;
}) => {
  const { file } = p;
  const back = webinarUrl(p.campaign.slug, p.webinar.slug, '/presence');
  return (
    <>
      <PageHead
        back={{ href: back, label: 'Les présences' }}
        kicker={p.webinar.title}
        title={file.fileName}
        lead={`Importé le ${longDateTime(file.importedAt)}.`}
      />
      <Section title="Le compte y est">
        <Facts items={lineFacts(file.report)} />
        {file.report.warnings.map((w) => (
          <p>{w.message}</p>
        ))}
        {file.report.lines.length > 0 && <LineNotes lines={file.report.lines} />}
      </Section>
      <Section title="Retirer ce fichier">
        <Confirm
          action={`${back}/releves/${file.id}/retrait`}
          csrf={p.csrf}
          danger
          effects={[
            ['Ses lignes', 'sont effacées ; vous pourrez l’importer de nouveau'],
            ['Les présences', 'sont retrouvées sans lui, dans toutes les organisations'],
            ['Vos réponses', 'sont retenues, si le fichier revient'],
          ]}
          submit="Retirer ce fichier"
          back={{ href: back, label: 'Le garder' }}
        />
      </Section>
    </>
  );
};
