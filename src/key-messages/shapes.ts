import type { WordingFormat } from './schema.ts';

/*
 * Three formats have parts, and are still texts that a person can read and write in a file:
 *   e-mail       « Objet : … », an empty line, then the text
 *   diapositive  the title on the first line, then « - … » for each point
 *   FAQ          « Q : … » then « R : … », pair after pair
 * The others are plain texts.
 */

export type Email = { subject: string; body: string };
export type Slide = { title: string; points: string[] };
export type Question = { question: string; answer: string };

export const MOST_POINTS = 5;
export const MOST_QUESTIONS = 20;
const LONGEST_LINE = { subject: 150, title: 120, point: 160, question: 200 };

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function readEmail(text: string): Email {
  const [first = '', ...rest] = text.split('\n');
  const subject = /^objet\s*:(.*)$/i.exec(first.trim());
  return subject
    ? { subject: flat(subject[1] ?? ''), body: rest.join('\n').trim() }
    : { subject: '', body: text.trim() };
}
export const emailText = ({ subject, body }: Email): string =>
  subject.trim() || body.trim() ? `Objet : ${flat(subject)}\n\n${body.trim()}`.trim() : '';

const POINT = /^\s*(?:[-*•–]|\d+[.)])\s+/;
export function readSlide(text: string): Slide {
  const lines = text.split('\n').filter((l) => l.trim());
  const at = lines.findIndex((l) => POINT.test(l));
  const head = at < 0 ? lines : lines.slice(0, at);
  const points: string[] = [];
  for (const line of at < 0 ? [] : lines.slice(at))
    if (POINT.test(line)) points.push(flat(line.replace(POINT, '')));
    else points[points.length - 1] = `${points.at(-1)} ${flat(line)}`;
  return { title: flat(head.join(' ')), points: points.filter(Boolean) };
}
export const slideText = ({ title, points }: Slide): string =>
  [
    flat(title),
    ...points
      .map(flat)
      .filter(Boolean)
      .map((p) => `- ${p}`),
  ]
    .join('\n')
    .trim();

const ASKED = /^\s*Q\s*:\s*/i;
const ANSWERED = /^\s*R\s*:\s*/i;
export function readFaq(text: string): Question[] {
  const pairs: Question[] = [];
  let part: keyof Question | null = null;
  for (const line of text.split('\n')) {
    const last = pairs.at(-1);
    if (ASKED.test(line)) {
      pairs.push({ question: line.replace(ASKED, ''), answer: '' });
      part = 'question';
    } else if (ANSWERED.test(line) && last && part === 'question') {
      last.answer = line.replace(ANSWERED, '');
      part = 'answer';
    } else if (last && part) last[part] += `\n${line}`;
    // Words before the first question: kept, so that they are refused rather than lost.
    else if (line.trim()) {
      pairs.push({ question: '', answer: line });
      part = 'answer';
    }
  }
  return pairs.map((p) => ({ question: flat(p.question), answer: p.answer.trim() }));
}
export const faqText = (pairs: readonly Question[]): string =>
  pairs
    .filter((p) => p.question.trim() || p.answer.trim())
    .map((p) => `Q : ${flat(p.question)}\nR : ${p.answer.trim()}`.trim())
    .join('\n\n');

/** The same text as everybody writes it, so that a form and a file that say the same thing give the same version. */
export function canonicalWording(format: WordingFormat, text: string): string {
  if (text === '') return '';
  if (format === 'email') return emailText(readEmail(text));
  if (format === 'diapositive') return slideText(readSlide(text));
  if (format === 'faq') return faqText(readFaq(text));
  return format === 'titre' || format === 'accroche' ? flat(text) : text;
}

/** Which part is missing or too long, as a sentence that says what to write; null when the shape is right. */
export function shapeProblem(format: WordingFormat, text: string): string | null {
  const long = (what: string, part: string, max: number) =>
    part.length > max ? `${what} : ${max} caractères au plus (« ${part.slice(0, 30)}… »).` : null;
  if (format === 'email') {
    const { subject, body } = readEmail(text);
    if (!subject) return 'Donnez l’objet de l’e-mail, sur la première ligne : « Objet : … ».';
    if (!body) return 'Écrivez le texte de l’e-mail, sous son objet.';
    return long('Objet', subject, LONGEST_LINE.subject);
  }
  if (format === 'diapositive') {
    const { title, points } = readSlide(text);
    if (!title) return 'Donnez le titre de la diapositive, sur la première ligne.';
    if (!points.length) return 'Donnez au moins un point, sur une ligne qui commence par un tiret : « - … ».';
    if (points.length > MOST_POINTS)
      return `${MOST_POINTS} points au plus : cette diapositive en compte ${points.length}.`;
    return (
      long('Titre', title, LONGEST_LINE.title) ??
      points.map((p) => long('Point', p, LONGEST_LINE.point)).find((p) => p !== null) ??
      null
    );
  }
  if (format === 'faq') {
    const pairs = readFaq(text);
    if (pairs.length > MOST_QUESTIONS) return `${MOST_QUESTIONS} questions au plus : il y en a ${pairs.length}.`;
    for (const { question, answer } of pairs) {
      if (!question) return 'Commencez par une question, sur une ligne « Q : … », puis sa réponse, « R : … ».';
      if (!answer) return `La question « ${question.slice(0, 60)} » attend sa réponse, sur une ligne « R : … ».`;
      const problem = long('Question', question, LONGEST_LINE.question);
      if (problem) return problem;
    }
  }
  return null;
}
