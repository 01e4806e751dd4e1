// Do the checks find what they are for? Each deck here has one fault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDeck, renderer } from '../../slides/deck.mjs';
import { deckPage } from '../../slides/page.mjs';
import { overflowing, unreadable } from './probes.mjs';

const lines = (count) => Array.from({ length: count }, (_, at) => `line ${at}`).join('\n');

const fits = '# A heading\n\nA paragraph.';
const faults = {
  'a list that is too long is found': [`# Long\n\n${lines(20).replace(/^/gm, '- ')}`, overflowing, /slide 1/],
  'code of 20 lines is found': [`# Long\n\n\`\`\`text\n${lines(20)}\n\`\`\``, overflowing, /slide 1/],
  'a table that is too wide is found': [`# Wide\n\n| ${'wordwordword | '.repeat(9)}\n| ${'--- | '.repeat(9)}\n`, overflowing, /slide 1/],
  'small letters are found': ['# Small\n\n<p style="font-size: 12px">a footnote</p>', unreadable, /12.0 px, wanted 20/],
  'small code is found': ['# Small\n\n<pre style="font-size: 20px">int x;</pre>', unreadable, /20.0 px, wanted 28/],
  'grey on white is found': ['# Pale\n\n<p style="color: #999">hardly there</p>', unreadable, /contrast 2\.\d+, wanted 4.5/],
};

// What an author is told. Each is a slide without the one thing.
const whole = '# A heading\n\n<!-- minutes: 2 -->\n\n<!-- What to say. -->\n';
const mistakes = {
  'a slide without minutes is named': [whole.replace('<!-- minutes: 2 -->', ''), /slide 1: <!-- minutes: N --> is missing/],
  'minutes that are no number are told': [whole.replace('2', 'two'), /slide 1: wants one <!-- minutes: N -->/],
  'a slide without notes is named': [whole.replace(/<!-- What.*/, ''), /slide 1: the speaker's notes are missing/],
  'a slide without heading is named': [whole.replace('# A heading', 'Text'), /slide 1: has no heading/],
  'a picture that is not there is named': [`${whole}\n![A picture](none.svg)`, /slide 1: the picture none.svg is no file/],
  'a link to a file is refused': [`${whole}\n[more](../README.md)`, /slide 1: links to the file/],
};

function toldAbout(directory, markdown) {
  const file = path.join(directory, '99-deck.md');
  writeFileSync(file, `---\ntheme: gocker\ntitle: "9. A deck"\n---\n\n${markdown}`);
  try {
    readDeck(renderer(), file);
    return '';
  } catch (error) {
    return error.message;
  }
}

async function open(browser, directory, markdown) {
  const { html, css } = renderer().render(`---\ntheme: gocker\n---\n${markdown}`, { htmlAsArray: true });
  const file = path.join(directory, 'deck.html');
  const slides = html.map((section) => ({ html: section, notes: '<p>notes</p>', minutes: 1, title: 'A slide' }));
  writeFileSync(file, deckPage({ title: 'A deck', css, slides }));
  return browser.open(pathToFileURL(file).href);
}

const probe = (page, check) => page.evaluate(`(${check})([20, 28, 4.5])`);

export async function selfTest(browser, test) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'gocker-decks-'));
  try {
    for (const [name, [markdown, check, wanted]] of Object.entries(faults)) {
      await test(name, async () => {
        const page = await open(browser, directory, markdown);
        const found = (await probe(page, check)).join('\n');
        await page.close();
        return wanted.test(found) ? [] : [`wanted ${wanted}, got "${found}"`];
      });
    }
    for (const [name, [markdown, wanted]] of Object.entries(mistakes)) {
      await test(name, async () => {
        const told = toldAbout(directory, markdown);
        return wanted.test(told) ? [] : [`wanted ${wanted}, got "${told}"`];
      });
    }
    await test('a slide with all it needs is taken', async () => {
      const told = toldAbout(directory, whole);
      return told ? [told] : [];
    });
    await test('a slide without fault passes', async () => {
      const page = await open(browser, directory, fits);
      const found = [...await probe(page, overflowing), ...await probe(page, unreadable)];
      await page.close();
      return found;
    });
    await test('a picture from elsewhere is refused by the page', async () => {
      const page = await open(browser, directory, '# Far\n\n<img src="https://example.org/picture.png" alt="">');
      await page.close();
      return page.errors.some((text) => text.includes('Content Security Policy')) ? [] : [`got ${JSON.stringify(page.errors)}`];
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
