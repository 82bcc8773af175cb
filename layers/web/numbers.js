/** Numbers as the reader's language writes them, with units whose words come with the language. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const NARROW_SPACE = '\u202f';
  const KILOMETRE = 1000;
  const HECTARE = 1e4;
  const SQUARE_KILOMETRE = 1e6;
  const SMALL = 100; // numbers below it get decimals

  /**
   * A number with a fixed count of decimals. Not every browser knows the decimal comma of Kazakh, so the English form
   * is turned into that of the other languages, as the server does.
   */
  function write(value, digits, lang) {
    const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const english = new Intl.NumberFormat('en', shape).format(value);
    if (lang === 'en') return english;
    return english.replace(/[,.]/g, (mark) => (mark === ',' ? NARROW_SPACE : ','));
  }

  /** A length in metres, in metres or kilometres. */
  function length(metres, lang, words) {
    if (metres < KILOMETRE) return `${write(metres, 0, lang)} ${words.m}`;
    const km = metres / KILOMETRE;
    return `${write(km, km < SMALL ? 2 : 1, lang)} ${words.km}`;
  }

  /** An area in square metres, in hectares or square kilometres. */
  function area(square, lang, words) {
    if (square < SQUARE_KILOMETRE) return `${write(square / HECTARE, 1, lang)} ${words.ha}`;
    const km2 = square / SQUARE_KILOMETRE;
    return `${write(km2, km2 < SMALL ? 2 : 0, lang)} ${words.km2}`;
  }

  /** A position: degrees with four decimals and its side of the world. */
  function position({ lat, lng }, lang, words) {
    const [ns, ew] = [lat < 0 ? words.south : words.north, lng < 0 ? words.west : words.east];
    const parts = [`${write(Math.abs(lat), 4, lang)}° ${ns}`, `${write(Math.abs(lng), 4, lang)}° ${ew}`];
    return parts.join(lang === 'en' ? ', ' : '; ');
  }

  /** A position in degrees, minutes and seconds, these to a tenth: 2 to 3 metres. */
  function sexagesimal({ lat, lng }, lang, words) {
    const [ns, ew] = [lat < 0 ? words.south : words.north, lng < 0 ? words.west : words.east];
    const parts = [`${angle(lat, lang)} ${ns}`, `${angle(lng, lang)} ${ew}`];
    return parts.join(lang === 'en' ? ', ' : '; ');
  }

  function angle(degrees, lang) {
    const tenths = Math.round(Math.abs(degrees) * 36000);
    const minutes = Math.floor(tenths / 600);
    const pad = (value) => String(value).padStart(2, '0');
    const seconds = write((tenths % 600) / 10, 1, lang).padStart(4, '0');
    return `${Math.floor(minutes / 60)}°${pad(minutes % 60)}\u2032${seconds}\u2033`;
  }

  Atlas.numbers = { area, length, position, sexagesimal, write };
})();
