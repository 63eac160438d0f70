// The limit of `bench redirect`: a program of its own that answers the same 302, and does nothing else.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono().get('/r/:token', (c) =>
  c.body(null, 302, {
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
    Location: 'https://ressources.example/fiche-1',
  }),
);
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.argv[2]) });
