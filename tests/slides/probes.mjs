// What is looked for inside a page. Each function runs in the browser, so it uses nothing from outside of itself,
// and returns what is wrong, a line each.

// A slide that is longer than the screen loses its end; one element wider than the slide loses its side.
export function overflowing() {
  const wrong = [];
  document.documentElement.classList.remove('shown');
  document.querySelectorAll('#deck > section').forEach((slide, at) => {
    const box = slide.getBoundingClientRect();
    const bottom = box.bottom - 16;
    for (const element of slide.querySelectorAll('*')) {
      if (element.closest('svg') && element.tagName !== 'svg') continue;
      const { right, bottom: end } = element.getBoundingClientRect();
      if (right > box.right - 16 || end > bottom || element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        wrong.push(`slide ${at + 1}: ${element.tagName.toLowerCase()} goes ${Math.round(Math.max(end - bottom, right - box.right + 16))} px beyond it: ${element.textContent.trim().slice(0, 40)}`);
        break;
      }
    }
    if (slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth) {
      wrong.push(`slide ${at + 1}: ${slide.scrollWidth} by ${slide.scrollHeight}, room for ${slide.clientWidth} by ${slide.clientHeight}`);
    }
  });
  document.documentElement.classList.add('shown');
  return wrong;
}

// Texts: their size, as it is on a slide of 1280 by 720, and their contrast.
export function unreadable([leastText, leastCode, leastContrast]) {
  const wrong = new Set();
  const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = rgb(colour).slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const opaque = (colour) => colour !== 'none' && (rgb(colour)[3] ?? 1) === 1;
  // In a picture, a text may stand on any box that lies below its middle.
  const paperOf = (text) => {
    if (text.closest('svg')) {
      const box = text.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const below = [...text.closest('svg').querySelectorAll('rect')].filter((rect) => {
        const area = rect.getBoundingClientRect();
        return area.left <= x && x <= area.right && area.top <= y && y <= area.bottom && opaque(getComputedStyle(rect).fill);
      }).pop();
      if (below) return getComputedStyle(below).fill;
    }
    let element = text;
    while (element && !opaque(getComputedStyle(element).backgroundColor)) element = element.parentElement;
    return element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
  };
  document.documentElement.classList.remove('shown');
  document.querySelectorAll('#deck > section').forEach((slide, at) => {
    for (const element of slide.querySelectorAll('*')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || element.closest('title, desc, style')) continue;
      const style = getComputedStyle(element);
      const svg = element.closest('svg');
      const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
      const size = parseFloat(style.fontSize) * scale;
      const least = element.closest('pre') ? leastCode : leastText;
      if (size < least - 0.1) wrong.add(`slide ${at + 1}: ${size.toFixed(1)} px, wanted ${least}: ${element.textContent.trim().slice(0, 30)}`);
      const ink = svg ? style.fill : style.color;
      const ratio = contrast(ink, paperOf(element));
      if (ratio < leastContrast) wrong.add(`slide ${at + 1}: contrast ${ratio.toFixed(2)}, wanted ${leastContrast}: ${ink} on ${paperOf(element)}: ${element.textContent.trim().slice(0, 30)}`);
    }
  });
  document.documentElement.classList.add('shown');
  return [...wrong];
}
