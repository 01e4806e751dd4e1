// The HTML of a deck and of the index: one file each, with everything in it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { slidesDirectory } from './deck.mjs';

// Nothing is loaded from anywhere: the browser holds us to it.
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:";

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
}

function document(title, css, body) {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>
${css}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function read(name) {
  return readFileSync(path.join(slidesDirectory, name), 'utf8');
}

export function deckPage(deck) {
  const notes = deck.slides.map((slide, at) =>
    `<section class="note" data-minutes="${slide.minutes}"><h2>${at + 1}. ${slide.title}</h2>${slide.notes}</section>`);
  const body = `<main id="deck">
${deck.slides.map((slide) => slide.html).join('\n')}
</main>
<aside id="notes" aria-label="Speaker notes">
${notes.join('\n')}
</aside>
<nav id="bar">
<span id="clock"></span>
<button id="back" aria-label="previous slide">&#8249;</button>
<span id="place" role="status"></span>
<button id="forward" aria-label="next slide">&#8250;</button>
</nav>
<dialog id="help">
<table>
<tr><td>&#8594; &#8595; space, PageDown</td><td>next slide</td></tr>
<tr><td>&#8592; &#8593;, PageUp</td><td>previous slide</td></tr>
<tr><td>Home, End</td><td>first, last slide</td></tr>
<tr><td>12 Enter</td><td>slide 12</td></tr>
<tr><td>n</td><td>notes below the slide</td></tr>
<tr><td>p</td><td>presenter view in a second window</td></tr>
<tr><td>d</td><td>dark or light</td></tr>
<tr><td>f</td><td>full screen</td></tr>
<tr><td>b</td><td>black, until the next key</td></tr>
<tr><td>?</td><td>this list</td></tr>
</table>
</dialog>
<script>
${read('page.js')}
</script>`;
  return document(escape(deck.title), read('colours.css') + deck.css + read('page.css'), body);
}

// decks: with .pdf true where there is one.
export function indexPage(decks) {
  const rows = decks.map((deck) => `<tr><td><a href="${deck.name}.html">${escape(deck.title)}</a></td>
<td>${deck.slides.length} slides</td><td>${deck.minutes} minutes</td>
<td>${deck.pdf ? `<a href="${deck.name}.pdf">PDF</a>` : ''}</td></tr>`);
  const body = `<article>
<h1>gocker: the slides</h1>
<p>Each deck is one file that needs nothing else. In a deck, ? lists the keys. Minutes are the slides' own,
without exercises.</p>
<table>
${rows.join('\n')}
</table>
</article>`;
  return document('gocker: the slides', read('colours.css') + read('index.css'), body);
}
