import PDFDocument from 'pdfkit';
import { type Fitted, fitText, fitTitle } from './fit-text.ts';
import { drawable, type Face } from './lettering.ts';
import { paintOf } from './paint.ts';
import {
  artifact,
  type Box,
  type Document,
  drawCode,
  drawField,
  drawLogo,
  type Structure,
  writeLines,
} from './poster-pen.ts';
import { type Place, type PosterFormat, SHEETS } from './poster-sheets.ts';
import { QUIET } from './qr.ts';
import { visible } from './sanitise.ts';

export type Poster = {
  format: PosterFormat;
  title: string;
  text: string;
  /** What the code holds. */
  link: string;
  /** The address under it, as a person types it; '' for none. */
  shownLink: string;
  /** Who shows it; '' for nobody in particular. */
  relay: string;
  campaign: {
    name: string;
    tagline: string;
    /** `#rrggbb` */
    colour: string;
    accent: string;
    hashtag: string;
    logo?: { bytes: Buffer; type: 'image/png' | 'image/jpeg' };
  };
  partners: string[];
};

const POINTS = 72 / 25.4;
const LEADING: Record<Face, number> = { title: 1.04, name: 1.18, text: 1.38, strong: 1.28 };
const french = new Intl.ListFormat('fr', { type: 'conjunction' });

/**
 * One page of real paper (A4, A3, or a counter card of 100 × 210 mm) as a tagged PDF: it says its language and its title,
 * and is read aloud in the order it is seen. Any text fits: it gets smaller, and letters no font of ours has are left out.
 * Refuses (`invalid`) a logo that is not a readable picture and a link longer than a code can hold.
 */
export async function renderPoster(poster: Poster): Promise<Buffer> {
  const { campaign, link } = poster;
  const sheet = SHEETS[poster.format];
  const paint = paintOf(campaign.colour, campaign.accent);
  const name = drawable(campaign.name);
  const title = drawable(poster.title) || name || 'Campagne';
  const { doc, root, finished } = newPage(sheet, title, name);

  const boxOf = (place: Exclude<keyof typeof sheet, 'width' | 'height' | 'scale' | 'sizes'>): Box => {
    const [x, y, width, height] = sheet[place].map((value) => value * POINTS * sheet.scale) as [
      number,
      number,
      number,
      number,
    ];
    return { x, y, width, height };
  };
  const set = (text: string, place: Place, face: Face, box = boxOf(place)): Fitted => {
    const [max, min] = sheet.sizes[place];
    const sizes = { max: max * sheet.scale, min: min * sheet.scale, leading: LEADING[face] };
    const short = face === 'title' || face === 'name' || place === 'tagline';
    return (short ? fitTitle : fitText)(text, face, box, sizes);
  };
  /** One element of the reading order; nothing at all for a text that came back empty. */
  function write(tag: 'H1' | 'P', text: string, place: Place, face: Face, colour: string, low = false): void {
    if (!text) return;
    const { x, y, height } = boxOf(place);
    const setting = set(text, place, face);
    const top = low ? y + height - setting.height : y;
    root.add(doc.struct(tag, {}, [() => writeLines(doc, setting, face, x, top, colour)]));
  }

  artifact(doc, () => drawField(doc, boxOf('field'), paint));
  write('P', name, 'name', 'name', paint.ink);
  write('P', drawable(campaign.hashtag), 'hashtag', 'strong', paint.mark);
  if (campaign.logo) drawLogo(doc, root, campaign.logo, boxOf('logo'), `Logo de la campagne ${name}`);
  write('H1', title, 'title', 'title', paint.fieldInk);
  write('P', drawable(campaign.tagline), 'tagline', 'text', paint.fieldInk, true);
  write('P', drawable(poster.text), 'text', 'text', paint.ink);

  const shown = drawable(poster.shownLink);
  const alt = shown ? `Code QR qui mène à ${shown}` : 'Code QR de la campagne';
  // Its dots, not its white border, end where the field does; what stands under them starts where they start.
  const dot = drawCode(doc, root, link, boxOf('code'), alt);
  const under = (place: Place): Box => {
    const box = boxOf(place);
    return { ...box, x: box.x + 2 * QUIET * dot, width: box.width - 2 * QUIET * dot };
  };
  const captionBox = under('caption');
  const caption = set(shown ? 'Scannez le code ou tapez\u00a0:' : 'Scannez le code', 'caption', 'text', captionBox);
  root.add(doc.struct('P', {}, [() => writeLines(doc, caption, 'text', captionBox.x, captionBox.y, paint.soft)]));
  if (shown) {
    const box = under('link');
    writeLink(doc, root, { shown, link, box, setting: set(shown, 'link', 'strong', box), colour: paint.ink });
  }

  const relay = drawable(poster.relay);
  if (relay) {
    write('P', 'Relayé par', 'relayLabel', 'text', paint.soft);
    write('P', relay, 'relay', 'name', paint.ink);
  }
  const partners = poster.partners.map(drawable).filter(Boolean);
  if (partners.length > 0) {
    const { x, y, width } = boxOf('rule');
    artifact(doc, () =>
      doc
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.6 * sheet.scale)
        .stroke(paint.rule),
    );
    write('P', `Une campagne portée par ${french.format(partners)}.`, 'partners', 'text', paint.soft);
  }
  root.end();
  doc.end();
  return finished;
}

function newPage(
  { width, height }: { width: number; height: number },
  title: string,
  author: string,
): { doc: Document; root: Structure; finished: Promise<Buffer> } {
  const doc = new PDFDocument({
    size: [width * POINTS, height * POINTS],
    margin: 0,
    pdfVersion: '1.7',
    lang: 'fr-FR',
    tagged: true,
    displayTitle: true,
    info: { Title: title, Author: author, Creator: 'Porte-voix', Producer: 'Porte-voix' },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((settle, refuse) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => settle(Buffer.concat(chunks)));
    doc.on('error', refuse);
  });
  const root = doc.struct('Document');
  doc.addStructure(root);
  return { doc, root, finished };
}

/** Who reads the poster on a screen may follow the address. */
function writeLink(
  doc: Document,
  root: Structure,
  at: { shown: string; link: string; box: Box; setting: Fitted; colour: string },
): void {
  const { shown, link, box, setting, colour } = at;
  const paragraph = doc.struct('P');
  const anchor = doc.struct('Link');
  root.add(paragraph);
  paragraph.add(anchor);
  anchor.add(() => writeLines(doc, setting, 'strong', box.x, box.y, colour));
  // A bare string would be written as a name of the format, not as words.
  doc.link(box.x, box.y, box.width, setting.height, visible(link), { structParent: anchor, Contents: Object(shown) });
  paragraph.end();
}
