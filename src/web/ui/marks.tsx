import type { Child } from 'hono/jsx';
import { LEVEL_NAMES, type Level as LevelName } from '../../base/words.ts';

/*
 * Small signs. `<Level level="terrain" />` · `<Levels levels={['operationnel', 'terrain']} />` ·
 * `<State kind="wait">2 validations sur 3</State>`. A sign is never colour alone: it has a shape and a word.
 */

/** The shape of a level inside a 10 × 10 box, for marks and for charts. */
export const LevelShape = ({ level }: { level: LevelName }) =>
  level === 'institutionnel' ? (
    <path d="M5 .4 9.8 9.4H.2z" />
  ) : level === 'operationnel' ? (
    <path d="M.7.7h8.6v8.6H.7z" />
  ) : (
    <circle cx="5" cy="5" r="4.6" />
  );

export const Level = ({ level }: { level: LevelName }) => (
  <span class={`level level-${level}`}>
    <svg viewBox="0 0 10 10" aria-hidden="true">
      <LevelShape level={level} />
    </svg>
    {LEVEL_NAMES[level]}
  </span>
);

export const Levels = ({ levels }: { levels: readonly LevelName[] }) => (
  <span class="levels">
    {levels.map((level) => (
      <Level level={level} />
    ))}
  </span>
);

/**
 * `todo` somebody here must act · `wait` somebody else must · `run` under way · `ok` done or agreed · `pause` held ·
 * `stop` refused, failed · `off` draft, cancelled, nothing yet.
 */
export type StateKind = 'todo' | 'wait' | 'run' | 'ok' | 'pause' | 'stop' | 'off';

const STATE_SHAPES: Record<StateKind, Child> = {
  todo: <path d="M5 0 10 5 5 10 0 5z" />,
  wait: <path d="M5 .9a4.1 4.1 0 1 0 0 8.2A4.1 4.1 0 0 0 5 .9zM5 2.3v5.4a2.7 2.7 0 0 1 0-5.4z" fill-rule="evenodd" />,
  run: (
    <g fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round">
      <path d="M1.2 4v2M3.9 2.4a4.4 4.4 0 0 1 0 5.2M6.8.9a7.2 7.2 0 0 1 0 8.2" />
    </g>
  ),
  ok: <path d="M3.7 9 .2 5.6l1.5-1.5 2 2L8.3 1.3 9.8 2.8z" />,
  pause: <path d="M1.3.8h2.6v8.4H1.3zM6.1.8h2.6v8.4H6.1z" />,
  stop: <path d="M1.7.2 5 3.5 8.3.2 9.8 1.7 6.5 5l3.3 3.3-1.5 1.5L5 6.5 1.7 9.8.2 8.3 3.5 5 .2 1.7z" />,
  off: <circle cx="5" cy="5" r="3.9" fill="none" stroke="currentColor" stroke-width="1.4" />,
};

export const State = ({ kind, children }: { kind: StateKind; children?: Child }) => (
  <span class={`state state-${kind}`}>
    <svg viewBox="0 0 10 10" aria-hidden="true">
      {STATE_SHAPES[kind]}
    </svg>
    <span>{children}</span>
  </span>
);
