// What a page is to somebody who does not see it, or sees it badly.

/** Headings, ids, links within the page and captions, in order. */
export const outline = (tab) =>
  tab.evaluate(() => {
    const all = (selector, of) => [...document.querySelectorAll(selector)].map(of);
    return {
      levels: all("h1, h2, h3, h4, h5, h6", (heading) => Number(heading.tagName[1])),
      ids: all("[id]", (element) => element.id),
      links: all('a[href^="#"]', (link) => decodeURIComponent(link.hash.slice(1))),
      captions: all("table", (table) => table.caption?.textContent.trim()),
    };
  });

/** The contrast of every text with its ground: WCAG 2.2, "contrast ratio". */
export const contrasts = (tab) =>
  tab.evaluate(() => {
    const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const luminance = (colour) => {
      const [red, green, blue] = rgb(colour).map((part) => linear(part / 255));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if ((rgb(colour)[3] ?? 1) === 1) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const contrast = (element) => {
      const both = [getComputedStyle(element).color, ground(element)].map(luminance);
      return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const hasText = (element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    return [...document.querySelectorAll("body *")].filter(hasText).map((element) => ({
      text: element.textContent.trim().slice(0, 40),
      ratio: contrast(element),
    }));
  });
