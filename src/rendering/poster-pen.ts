import { invalid } from '../base/errors.ts';
import { isSoundPng } from '../campaigns/png-data.ts';
import { contrast } from './colours.ts';
import type { Fitted } from './fit-text.ts';
import { type Face, fontFile, runsOf, TRACKING } from './lettering.ts';
import type { Paint } from './paint.ts';
import { QUIET, qrDots } from './qr.ts';

export type Document = PDFKit.PDFDocument;
export type Structure = PDFKit.PDFStructureElement;
/** Points, from the top left corner of the page. */
export type Box = { x: number; y: number; width: number; height: number };

/** Marks that say nothing: what reads aloud passes over them. */
export function artifact(doc: Document, draw: () => void): void {
  doc.markContent('Artifact', { type: 'Layout' });
  draw();
  doc.endMarkedContent();
}

/** The lines of a text, the first one's top at `y`. */
export function writeLines(doc: Document, text: Fitted, face: Face, x: number, y: number, colour: string): void {
  const { size, lineHeight } = text;
  doc.fontSize(size).fillColor(colour);
  text.lines.forEach((line, i) => {
    const baseline = y + i * lineHeight + (lineHeight - size) / 2 + size * 0.79;
    let at = x;
    for (const run of runsOf(line, face)) {
      // By name once it is known: a font given twice as bytes would be put twice into the file.
      doc.registerFont(`${face}-${run.part}`, fontFile(face, run.part)).font(`${face}-${run.part}`);
      doc.text(run.text, at, baseline, {
        lineBreak: false,
        baseline: 'alphabetic',
        characterSpacing: TRACKING[face] * size,
      });
      at += run.width * size;
    }
  });
}

/** The campaign's colour with, in its corner above the code, a voice: waves that get thinner as they go. */
export function drawField(doc: Document, field: Box, paint: Paint): void {
  const [right, bottom] = [field.x + field.width, field.y + field.height];
  const unit = field.width / 178;
  doc.save().rect(field.x, field.y, field.width, field.height).clip();
  doc.rect(field.x, field.y, field.width, field.height).fill(paint.field);
  for (let i = 0; i < 9; i++)
    doc
      .circle(right, bottom, (32 + i * 13) * unit)
      .lineWidth((5.4 - i * 0.5) * unit)
      .stroke(paint.ornament);
  doc.circle(right, bottom, 19 * unit).fill(paint.fieldMark);
  doc.restore();
  // A field as white as the paper would have no shape.
  if (contrast(paint.field, paint.paper) < 1.25)
    doc
      .rect(field.x, field.y, field.width, field.height)
      .lineWidth(unit / 2)
      .stroke(paint.ornament);
}

/** In the box, as large as it holds, at its right; a small picture is not blown up past 150 dots an inch. */
export function drawLogo(
  doc: Document,
  parent: Structure,
  logo: { bytes: Buffer; type: string },
  box: Box,
  alt: string,
): void {
  const picture = openLogo(doc, logo.bytes);
  const scale = Math.min(box.width / picture.width, box.height / picture.height, (72 / 150) * 2);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const [x, y] = [box.x + box.width - width, box.y];
  const draw = (): unknown => doc.image(logo.bytes, x, y, { width, height });
  parent.add(doc.struct('Figure', { alt, bbox: [x, y, x + width, y + height] }, [draw]));
}

function openLogo(doc: Document, bytes: Buffer): { width: number; height: number } {
  try {
    const image = doc.openImage(bytes);
    // Its pixels are read later, where nothing could be caught any more.
    if (bytes[0] === 0x89 && !isSoundPng(bytes)) throw new RangeError('PNG');
    return image;
  } catch {
    throw invalid(
      'logo_illisible',
      'Le logo de la campagne ne peut pas être imprimé : remplacez-le par une image PNG ou JPEG dans les réglages de la campagne.',
    );
  }
}

/** Its dots end at the right of the box, the quiet zone (four dots) runs over it. Answers the side of a dot. */
export function drawCode(doc: Document, parent: Structure, text: string, box: Box, alt: string): number {
  const { size, dots } = codeOf(text);
  const dot = box.width / size;
  const left = box.x + QUIET * dot;
  const draw = (): void => {
    // One path for all: between shapes painted one by one a printer leaves hairs of light.
    for (const [x, y, width] of dots) doc.rect(left + x * dot, box.y + y * dot, width * dot, dot);
    doc.fill('#000000');
  };
  const bbox: [number, number, number, number] = [left, box.y, left + box.width, box.y + box.height];
  parent.add(doc.struct('Figure', { alt, bbox }, [draw]));
  return dot;
}

function codeOf(text: string): ReturnType<typeof qrDots> {
  try {
    return qrDots(text);
  } catch {
    throw invalid('lien_trop_long', 'Ce lien est trop long pour un code QR : donnez une adresse plus courte.');
  }
}
