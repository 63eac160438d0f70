/** One piece of a letter, written once and read twice: as text and as HTML (MAIL-40: the same links in both). */
export type Piece =
  | { kind: 'paragraph'; text: string }
  /** « Quand : jeudi… » */
  | { kind: 'fact'; label: string; text: string }
  /** `main`: what the letter is for, shown as a button. */
  | { kind: 'link'; label: string; url: string; main?: boolean }
  /** Words of a person, made safe by `letter-markdown.ts`. */
  | { kind: 'written'; html: string; text: string }
  | { kind: 'note'; text: string };

export type Look = { campaign: string; colour: string };
export type LetterWords = { subject: string; heading: string; pieces: readonly Piece[] };

export function asText({ heading, pieces }: LetterWords, { campaign }: Look): string {
  const body = pieces.map((piece) => {
    if (piece.kind === 'fact') return `${piece.label} : ${piece.text}`;
    if (piece.kind === 'link') return `${piece.label} :\n${piece.url}`;
    return piece.kind === 'note' ? `-- \n${piece.text}` : piece.text;
  });
  return `${[heading, ...body, campaign].join('\n\n')}\n`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
const lines = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>\n');

const FONT = "font-family:'Atkinson Hyperlegible Next',Verdana,Arial,sans-serif;font-size:17px;line-height:1.55";
const SPACED = 'margin:0 0 16px';

/**
 * A page without a table, an image or a style sheet, in the reader's own colours, light or dark; the campaign's colour is
 * only a line, never under or behind a text.
 */
export function asHtml({ subject, heading, pieces }: LetterWords, { campaign, colour }: Look): string {
  const line = /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#12355b';
  return `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px 16px;${FONT}">
<div style="max-width:36em;margin:0 auto;padding-top:16px;border-top:6px solid ${line}">
<p style="${SPACED};font-weight:bold">${escapeHtml(campaign)}</p>
<h1 style="margin:0 0 20px;font-size:24px;line-height:1.25">${escapeHtml(heading)}</h1>
${pieces.map(pieceHtml).join('\n')}
</div>
</body>
</html>
`;
}

function pieceHtml(piece: Piece): string {
  switch (piece.kind) {
    case 'paragraph':
      return `<p style="${SPACED}">${lines(piece.text)}</p>`;
    case 'fact':
      return `<p style="${SPACED}"><strong>${escapeHtml(piece.label)}</strong><br>\n${lines(piece.text)}</p>`;
    case 'link':
      return `<p style="${SPACED}"><a href="${escapeHtml(piece.url)}" style="${
        piece.main
          ? 'display:inline-block;padding:12px 20px;border:2px solid;border-radius:6px;color:inherit;font-weight:bold'
          : 'color:inherit'
      }">${escapeHtml(piece.label)}</a></p>`;
    case 'written':
      return piece.html.replaceAll('<a href=', '<a style="color:inherit" href=');
    case 'note':
      return `<p style="margin:28px 0 0;padding-top:12px;border-top:1px solid;font-size:15px">${lines(piece.text)}</p>`;
  }
}
