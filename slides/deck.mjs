// A deck: one Markdown file, rendered by marp-core, with what this course asks of every slide.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const slidesDirectory = path.dirname(fileURLToPath(import.meta.url));
export const root = path.dirname(slidesDirectory);
export const output = path.join(root, 'build/slides');

// marp-core as npm installed it below build/ (make slides does).
function requireTool(name) {
  const manifest = path.join(output, 'tool/package.json');
  if (!existsSync(path.join(output, 'tool/node_modules'))) {
    throw new Error('marp-core is not installed; run: make build/slides/tool/.installed');
  }
  return createRequire(manifest)(name);
}

// The renderer. Emoji pictures and mathematics would be loaded from elsewhere, so both are off.
export function renderer() {
  const { Marp } = requireTool('@marp-team/marp-core');
  const marp = new Marp({
    container: { tag: 'main', id: 'deck' },
    emoji: { shortcode: false, unicode: false },
    html: true,
    inlineSVG: false,
    math: false,
    minifyCSS: false,
    script: false,
  });
  marp.themeSet.default = marp.themeSet.add(readFileSync(path.join(slidesDirectory, 'theme.css'), 'utf8'));
  return marp;
}

const types = { '.png': 'image/png', '.jpg': 'image/jpeg', '.woff2': 'font/woff2' };

// Put each picture into the page. An SVG becomes part of the document, so that it follows the theme.
function inlinePictures(html, directory, where) {
  return html.replace(/<img\b[^>]*?\bsrc="([^"]*)"[^>]*>/g, (tag, source) => {
    const file = path.resolve(directory, decodeURI(source));
    if (/^[a-z]+:/i.test(source) || !existsSync(file)) {
      throw new Error(`${where}: the picture ${source} is no file`);
    }
    const extension = path.extname(file).toLowerCase();
    if (extension === '.svg') {
      return readFileSync(file, 'utf8').replace(/<\?xml[^>]*\?>|<!DOCTYPE[^>]*>|<!--[\s\S]*?-->/g, '').trim();
    }
    if (!types[extension]) throw new Error(`${where}: ${source}: a picture is .svg, .png or .jpg`);
    const data = readFileSync(file).toString('base64');
    return tag.replace(source, `data:${types[extension]};base64,${data}`);
  });
}

// How far in a line goes on that is too long for the slide: below its comment where it ends with one, else
// a little further in than it began.
function hang(text, insideComment) {
  const indent = text.match(/^ */)[0].length;
  const comment = text.indexOf('/* ');
  if (comment > indent && comment < 48) return comment + 3;
  return insideComment ? indent : indent + 4;
}

// Each line of a fence in an element of its own, so that long ones wrap as code does. Highlighting may span
// lines: what is open at a line's end is closed, and opened again.
function splitCodeLines(html) {
  return html.replace(/(<pre\b[^>]*><code\b[^>]*>)([\s\S]*?)(<\/code><\/pre>)/g, (_, before, code, after) => {
    const open = [];
    // A browser would break a -> behind its hyphen.
    const arrows = code.replace(/-&gt;/g, '<span class="whole">-&gt;</span>');
    const lines = arrows.replace(/\n$/, '').split('\n').map((line) => {
      const begin = open.join('');
      for (const [tag] of line.matchAll(/<\/?span\b[^>]*>/g)) {
        if (tag[1] === '/') open.pop();
        else open.push(tag);
      }
      const column = hang(line.replace(/<[^>]*>/g, ''), begin.includes('comment'));
      return `<span class="line" style="--hang:${column}ch">${begin}${line}${'</span>'.repeat(open.length)}\n</span>`;
    });
    return before + lines.join('') + after;
  });
}

// What an author writes in comments: minutes, the source of the code, and everything else is the speaker's.
function readComments(comments, where) {
  const notes = [];
  let minutes = 0;
  for (const comment of comments) {
    const found = comment.match(/^minutes:\s*(\S+)$/);
    if (found) {
      if (minutes || !/^([1-9]\d?)$/.test(found[1])) {
        throw new Error(`${where}: wants one <!-- minutes: N -->, N from 1 to 99`);
      }
      minutes = Number(found[1]);
    } else if (!comment.startsWith('snip:')) {
      notes.push(comment);
    }
  }
  if (!minutes) throw new Error(`${where}: <!-- minutes: N --> is missing`);
  if (notes.length === 0) throw new Error(`${where}: the speaker's notes are missing: a comment with what to say`);
  return { minutes, notes };
}

// Notes are Markdown, in paragraphs.
function renderNotes(marp, notes) {
  return notes.map((note) => marp.markdown.utils.escapeHtml(note).split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`).join('')).join('');
}

// The deck of a Markdown file: {name, title, css, slides: [{html, notes, minutes, title}], minutes}.
export function readDeck(marp, file) {
  const name = path.parse(file).name;
  const markdown = readFileSync(file, 'utf8');
  const title = markdown.match(/^---\n[\s\S]*?^title:\s*"?(.*?)"?\s*$[\s\S]*?^---$/m)?.[1];
  if (!title) throw new Error(`${path.basename(file)}: the front matter has no title`);
  const { html, css, comments } = marp.render(markdown, { htmlAsArray: true });
  const slides = html.map((section, at) => {
    const where = `${path.basename(file)}, slide ${at + 1}`;
    const { minutes, notes } = readComments(comments[at], where);
    const heading = section.match(/<h[12][^>]*>([\s\S]*?)<\/h[12]>/)?.[1].replace(/<[^>]*>/g, '').trim();
    if (!heading) throw new Error(`${where}: has no heading`);
    const link = section.match(/<a\b[^>]*href="(?!https?:)([^"]*)"/);
    if (link) throw new Error(`${where}: links to the file ${link[1]}; a deck is one file and travels alone`);
    return {
      html: splitCodeLines(inlinePictures(section, path.dirname(file), where)),
      notes: renderNotes(marp, notes),
      minutes,
      title: heading,
    };
  });
  return { name, title, css, slides, minutes: slides.reduce((sum, slide) => sum + slide.minutes, 0) };
}
